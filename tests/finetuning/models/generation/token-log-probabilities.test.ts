import { tokenLogProbabilities } from '../../../../finetuning/models/generation/token-log-probabilities.js';
import { expectedGeneration } from './expected.js';

describe('the log probabilities of tokens', () => {
  const expected = expectedGeneration();
  // As the logits are: no temperature, no tokens left out.
  const plain = expected.sampling.find(
    ({ temperature, top_k, top_p }) => temperature === 1 && top_k === 0 && top_p === 1,
  );

  it('are those of transformers', () => {
    expected.logits.forEach((row, at) => {
      const reference = (plain?.probabilities[at] as readonly number[]).map((value) => Math.log(value));
      const ranked = [...reference.keys()].sort(
        (a, b) => (reference[b] as number) - (reference[a] as number),
      );
      const { chosen, best } = tokenLogProbabilities(Float32Array.from(row), 17, 5);
      expect(chosen.token).toBe(17);
      expect(chosen.logProbability).toBeCloseTo(reference[17] as number, 4);
      expect(best.map(({ token }) => token)).toEqual(ranked.slice(0, 5));
      for (const { token, logProbability } of best)
        expect(logProbability).toBeCloseTo(reference[token] as number, 4);
    });
  });

  it('name as many as are asked for, and of equally likely ones the first', () => {
    const logits = Float32Array.of(1, 3, 3, 2, 3);
    const bestOf = (count: number) => tokenLogProbabilities(logits, 0, count).best.map(({ token }) => token);
    expect([0, 1, 2, 4, 9].map(bestOf)).toEqual([[], [1], [1, 2], [1, 2, 4, 3], [1, 2, 4, 3, 0]]);
  });

  it('stand large logits', () => {
    const { chosen, best } = tokenLogProbabilities(Float32Array.of(1000, 0, -1000), 1, 1);
    expect([chosen.logProbability, best[0]?.logProbability]).toEqual([-1000, 0]);
  });
});
