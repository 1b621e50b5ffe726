import { packDocuments } from '../../../../finetuning/training/examples/pack-documents.js';

describe('packing', () => {
  it('puts the longest first, each into the first row that has room', () => {
    const rows = packDocuments([3, 7, 5, 2, 5, 10, 1], 10);
    expect(rows.map((row) => [...row])).toEqual([[5], [1, 0], [2, 4], [3, 6]]);
  });

  it('loses nothing, overfills nothing, and leaves little room', () => {
    const lengths = Array.from({ length: 5000 }, (_, n) => 1 + ((n * 7919) % 97));
    const rows = packDocuments(lengths, 128);
    const sums = rows.map((row) => row.reduce((sum, document) => sum + (lengths[document] as number), 0));
    expect(Math.max(...sums)).toBeLessThanOrEqual(128);
    expect(rows.flatMap((row) => [...row]).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    expect(rows.length).toBeLessThanOrEqual(Math.ceil((total / 128) * 1.02));
    expect(packDocuments(lengths, 128)).toEqual(rows);
  });

  it('refuses what fits nowhere', () => {
    expect(() => packDocuments([4, 11], 10)).toThrow(RangeError);
  });
});
