import { scoringBatches } from '../../../../finetuning/models/scoring/scoring-batches.js';

const lengths = [3, 900, 5, 20, 4, 950, 2];
const examples = {
  count: lengths.length,
  length: (row: number) => lengths[row] as number,
  widthOf: (rows: ArrayLike<number>) =>
    ([16, 32, 1024] as const).find((width) => width >= (lengths[rows[0] as number] as number)) as number,
};
const shown = (batchSize: number, vocabulary: number): unknown[] =>
  scoringBatches(examples, { batchSize, vocabulary }).map(({ indices, rows, width }) => [
    [...indices],
    rows,
    width,
  ]);

describe('batches of texts', () => {
  it('have as many rows as were asked for, of one width, each row once', () => {
    expect(shown(3, 100)).toEqual([
      [[6, 0, 4], 3, 16],
      [[2], 3, 16],
      [[3], 1, 32],
      [[1, 5], 2, 1024],
    ]);
  });

  it('have fewer where the logits of so many tokens would be too large', () => {
    // 1024 tokens of 100,000 logits are 400 MB.
    expect(shown(3, 100_000).slice(-2)).toEqual([
      [[1], 1, 1024],
      [[5], 1, 1024],
    ]);
    // One row is always read, whatever it takes.
    expect(shown(3, 1_000_000).at(-1)).toEqual([[5], 1, 1024]);
  });
});
