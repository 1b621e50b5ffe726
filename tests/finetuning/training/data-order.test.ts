import { DataOrder, epochBatches } from '../../../finetuning/training/data-order.js';

const length = (row: number): number => 5 + ((row * 13) % 40);
const settings = { rows: 1003, batchSize: 8, seed: 42, groupByLength: true, length };

describe('the order of the data', () => {
  it.each([true, false])('has every row once per epoch (grouped by length: %s)', (groupByLength) => {
    const rows = epochBatches({ ...settings, groupByLength }, 3).flatMap((batch) => [...batch]);
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 1003 }, (_, row) => row));
  });

  it('is a function of seed and epoch', () => {
    expect(epochBatches(settings, 1)).toEqual(epochBatches(settings, 1));
    expect(epochBatches(settings, 1)).not.toEqual(epochBatches(settings, 2));
    expect(epochBatches(settings, 1)).not.toEqual(epochBatches({ ...settings, seed: 43 }, 1));
  });

  it('brings rows of like length together', () => {
    const padding = (groupByLength: boolean): number =>
      epochBatches({ ...settings, groupByLength }, 0).reduce((sum, batch) => {
        const longest = Math.max(...[...batch].map(length));
        return sum + [...batch].reduce((waste, row) => waste + longest - length(row), 0);
      }, 0);
    expect(padding(true)).toBeLessThan(padding(false) / 5);
  });

  it('does not go from long to short', () => {
    const lengths = epochBatches(settings, 0).slice(0, 50).map((batch) => length(batch[0] as number)); // prettier-ignore
    const falls = lengths.slice(1).filter((next, index) => next < (lengths[index] as number)).length;
    expect(falls).toBeGreaterThan(10);
    expect(falls).toBeLessThan(40);
  });

  it('gives any update its batches without those before it', () => {
    const steady = new DataOrder(settings, 3);
    const all = Array.from({ length: 2 * steady.stepsPerEpoch }, (_, step) => steady.batchesOf(step));
    expect(steady.stepsPerEpoch).toBe(42);
    expect(all.flat()).toHaveLength(2 * 126);
    const resumed = new DataOrder(settings, 3);
    expect(resumed.batchesOf(57)).toEqual(all[57]);
    expect(resumed.batchesOf(3)).toEqual(all[3]);
  });
});
