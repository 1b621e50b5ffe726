import { loraMethod } from '../../../finetuning/methods/lora/lora.js';
import type { LoraSettings } from '../../../finetuning/methods/lora/settings.js';
import { qloraMethod } from '../../../finetuning/methods/qlora.js';
import { bert } from './bert-cell.js';
import { gpt2 } from './gpt2-cell.js';
import { ownPeftName } from './lora-cell.js';
import { resnet } from './resnet-cell.js';
import type { Cell } from './rig.js';

type Model = Omit<Cell, 'method' | 'makeMethod' | 'ownName'>;

function cell(
  model: Model,
  method: string,
  settings: Partial<LoraSettings> & Pick<LoraSettings, 'targets'>,
): Cell {
  const lora = { rank: 4, alpha: 6, dropout: 0, saved: ['classifier'], ...settings };
  return {
    ...model,
    method,
    makeMethod: (network) => qloraMethod(network, loraMethod(network, lora)),
    ownName: ownPeftName,
  };
}

/** The references are PEFT's over layers that hold what their weights come back as: tests/finetuning/fixtures/qlora.py. */
export const qloraCells = {
  bert: cell(bert, 'qlora', { targets: ['query', 'value'] }),
  /** DoRA takes the lengths of the whole weights, dequantized. */
  bertDora: cell(bert, 'qlora-dora', { targets: ['value', 'intermediate.dense'], magnitudes: true }),
  /** Whose weights are quantized the other way round than they are stored. */
  gpt2: cell(gpt2, 'qlora', { targets: ['c_attn', 'c_proj'], saved: [] }),
  /** Convolutions are quantized as they are stored, [out, in, h, w] in one row. */
  resnet: cell({ ...resnet, folder: 'resnet-tiny' }, 'qlora', {
    rank: 3,
    alpha: 5,
    targets: ['convolution'],
  }),
} satisfies Readonly<Record<string, Cell>>;
