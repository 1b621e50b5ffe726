import { adapterMethod } from '../../../finetuning/methods/adapter/adapter-method.js';
import { adapterTypes } from '../../../finetuning/methods/adapter/settings.js';
import type { Cell } from './rig.js';

export const ADAPTER_TYPES = ['pfeiffer', 'houlsby'] as const;

/** A bottleneck as the `adapters` library has it: tests/finetuning/fixtures/adapters.py. */
export function adapterCell(
  model: Omit<Cell, 'method' | 'makeMethod' | 'ownName'>,
  type: (typeof ADAPTER_TYPES)[number],
): Cell {
  return {
    ...model,
    method: type,
    makeMethod: ({ shapes }) =>
      adapterMethod(shapes, {
        ...adapterTypes[type],
        name: 'reprise',
        reductionFactor: 4,
        dropout: 0,
        saved: model.labels.length > 0 ? ['classifier'] : [],
      }),
    ownName: (stored) => stored,
  };
}
