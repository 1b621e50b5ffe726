import { permutation, normalValues, uniformValues } from '../../../finetuning/random/draws.js';
import { philox4x32 } from '../../../finetuning/random/philox.js';
import { RandomStream } from '../../../finetuning/random/stream.js';

const hex = (words: readonly number[]): string[] => words.map((word) => word.toString(16).padStart(8, '0'));

describe('philox4x32', () => {
  // The known answers published with Random123 (kat_vectors, philox4x32 10).
  it.each([
    {
      counter: [0, 0, 0, 0],
      key: [0, 0],
      words: ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'],
    },
  ] as const)('gives the published answer for $counter', ({ counter, key, words }) => {
    expect(hex(philox4x32(counter, key))).toEqual(words);
  });
});

describe('draws', () => {
  it('are a function of seed and purpose alone', () => {
    expect(permutation(100, 1, 'epoch 0')).toEqual(permutation(100, 1, 'epoch 0'));
    expect(permutation(100, 1, 'epoch 0')).not.toEqual(permutation(100, 1, 'epoch 1'));
    expect(permutation(100, 1, 'epoch 0')).not.toEqual(permutation(100, 2, 'epoch 0'));
  });

  it('permute without losing or repeating anything', () => {
    expect([...permutation(1000, 3, 'order')].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });

  it('have the moments of their distribution', () => {
    const normal = normalValues(40_000, 0.02, 5, 'w');
    const mean = normal.reduce((sum, x) => sum + x, 0) / normal.length;
    const deviation = Math.sqrt(normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normal.length);
    // Standard errors: 0.0001 for the mean, 0.00007 for the deviation; five of them allowed.
    expect(Math.abs(mean)).toBeLessThan(0.0005);
    expect(Math.abs(deviation - 0.02)).toBeLessThan(0.00036);
    const uniform = uniformValues(40_000, 0.5, 5, 'w');
    expect(Math.max(...uniform)).toBeLessThanOrEqual(0.5);
    expect(Math.max(...uniform)).toBeGreaterThan(0.499);
    expect(Math.min(...uniform)).toBeLessThan(-0.499);
  });

  it('draw integers without a bias for small ones', () => {
    const stream = new RandomStream(9, 'dice');
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) {
      const face = stream.below(3);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(410);
  });
});
