import { nthLargest } from '../../../../finetuning/models/generation/nth-largest.js';
import { RandomStream } from '../../../../finetuning/random/stream.js';

describe('the n-th largest', () => {
  it.each([1, 2, 7, 100, 1_000])('of %i values is what sorting gives', (count) => {
    const stream = new RandomStream(count, 'values');
    for (let round = 0; round < 20; round++) {
      // Half of the rounds have many equal values.
      const values = Float32Array.from({ length: count }, () =>
        round % 2 === 0 ? stream.uniform() : Math.floor(stream.uniform() * 5),
      );
      const sorted = values.slice().sort().reverse();
      for (const n of new Set([1, 1 + Math.floor(stream.uniform() * count), count]))
        expect(nthLargest(values, n)).toBe(sorted[n - 1]);
    }
  });

  it('leaves the values as they were', () => {
    const values = Float32Array.of(3, -Infinity, 2, 3);
    expect(nthLargest(values, 2)).toBe(3);
    expect([...values]).toEqual([3, -Infinity, 2, 3]);
  });
});
