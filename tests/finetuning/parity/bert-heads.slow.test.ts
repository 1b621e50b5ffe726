import { fullMethod } from '../../../finetuning/methods/full.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { bert } from './bert-cell.js';
import { loraCell } from './lora-cell.js';
import { describeParity, type Cell, type CellBatch } from './rig.js';

/** Over pairs of texts: a number, several, and several labels to a row. */
const heads = [
  { folder: 'bert-regression', problem: 'regression', labels: ['LABEL_0'] },
  { folder: 'bert-several-numbers', problem: 'regression', labels: ['valence', 'arousal', 'dominance'] },
  {
    folder: 'bert-multi-label',
    problem: 'multi_label_classification',
    labels: ['red', 'green', 'blue', 'black'],
  },
] as const;

function toBatch(batch: Readonly<Record<string, unknown>>): CellBatch {
  const { inputs } = bert.toBatch({ ...batch, labels: [] });
  const { token_type_ids, labels } = batch as {
    readonly token_type_ids: number[][];
    readonly labels: readonly (number | number[])[];
  };
  return {
    inputs: { ...inputs, token_type_ids: Int32Array.from(token_type_ids.flat()) },
    labels: Float32Array.from(labels.flat()),
    counted: new Float32Array(labels.length).fill(1),
  };
}

describe.each(heads)('the head of $folder', ({ folder, problem, labels }) => {
  const cell: Omit<Cell, 'method' | 'makeMethod' | 'ownName'> = {
    ...bert,
    folder,
    labels,
    pairs: true,
    toBatch,
  };
  describeParity({
    ...cell,
    method: 'full',
    makeMethod: (network) => fullMethod(network.shapes),
    ownName: (stored) => stored,
  });
  describeParity(loraCell(cell, 'lora'));

  it('is what config.json says', () => {
    expect(readNetwork(`tests/finetuning/fixtures/${folder}/model`, labels).problem).toBe(problem);
  });
});
