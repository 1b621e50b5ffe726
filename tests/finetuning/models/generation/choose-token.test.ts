import {
  chooseToken,
  likeliest,
  tokenWeights,
  type SamplingSettings,
} from '../../../../finetuning/models/generation/choose-token.js';
import { RandomStream } from '../../../../finetuning/random/stream.js';
import { expectedGeneration } from './expected.js';

const { logits, sampling } = expectedGeneration();

/** What may be drawn, and how likely it is. */
function candidates(row: Float32Array, settings: SamplingSettings) {
  const weights = tokenWeights(row, settings);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [...weights]
    .map((weight, token) => ({ token, probability: weight / total }))
    .filter(({ probability }) => probability > 0);
}

describe('the next token', () => {
  it.each(sampling)(
    'is drawn from transformers’ distribution at temperature $temperature, top-k $top_k, top-p $top_p',
    ({ temperature, top_k: topK, top_p: topP, probabilities }) => {
      logits.forEach((row, index) => {
        const among = candidates(Float32Array.from(row), { temperature, topK, topP });
        const expected = probabilities[index] as readonly number[];
        const found = new Array<number>(expected.length).fill(0);
        for (const { token, probability } of among) found[token] = probability;
        expect(among).toHaveLength(expected.filter((probability) => probability > 0).length);
        found.forEach((probability, token) => expect(probability).toBeCloseTo(expected[token] as number, 5));
      });
    },
  );

  it('comes as often as it is likely', () => {
    const settings = { temperature: 0.8, topK: 0, topP: 0.7 };
    const row = Float32Array.from(logits[0] as readonly number[]);
    const stream = new RandomStream(3, 'test');
    const draws = 20_000;
    const counts = new Map<number, number>();
    for (let draw = 0; draw < draws; draw++) {
      const token = chooseToken(row, settings, stream.uniform());
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    const among = candidates(row, settings);
    expect([...counts.keys()].every((token) => among.some((one) => one.token === token))).toBe(true);
    for (const { token, probability } of among) {
      const deviation = Math.sqrt((probability * (1 - probability)) / draws);
      expect(Math.abs((counts.get(token) ?? 0) / draws - probability)).toBeLessThan(5 * deviation);
    }
  });

  it.each([
    { temperature: 1, topK: 0, topP: 0.9 },
    { temperature: 0.7, topK: 50, topP: 1 },
    { temperature: 1.3, topK: 200, topP: 0.5 },
    { temperature: 1, topK: 40_000, topP: 0.999 },
  ])('is one of those that a sorted list of 50,257 would leave: %j', (settings) => {
    const stream = new RandomStream(5, 'logits');
    // Steps of 1/8, so that many are equally likely.
    const row = Float32Array.from({ length: 50_257 }, () => Math.round(stream.uniform() * 160) / 8);
    const sorted = [...row.keys()].sort((a, b) => (row[b] as number) - (row[a] as number) || a - b);
    const { temperature, topK, topP } = settings;
    const least = topK > 0 ? (row[sorted[topK - 1] as number] as number) : -Infinity;
    const kept = sorted.filter((token) => (row[token] as number) >= least);
    const weights = kept.map((token) => Math.exp((row[token] as number) / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let [count, reached] = [0, 0];
    while (count === 0 || (count < kept.length && reached < topP * total))
      reached += weights[count++] as number;
    const found = candidates(row, settings).map(({ token }) => token);
    expect(found).toEqual(kept.slice(0, count).sort((a, b) => a - b));
  });

  it('is the likeliest at temperature 0, the first of several', () => {
    expect(likeliest(Float32Array.of(1, 3, 2, 3))).toBe(1);
    expect(chooseToken(Float32Array.of(1, 3, 2), { temperature: 0, topK: 0, topP: 1 }, 0.999)).toBe(1);
  });

  it('is the last candidate when rounding leaves the sum below the number drawn', () => {
    const settings = { temperature: 1, topK: 2, topP: 1 };
    expect(chooseToken(Float32Array.of(5, 0, 4, -1), settings, 1)).toBe(2);
  });
});
