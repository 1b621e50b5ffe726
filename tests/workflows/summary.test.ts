import { summaryOf } from '../../workflows/index.js';

const bytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

it('leaves what fits as it is', () => {
  for (const text of ['', 'train', 'x'.repeat(348)]) expect(summaryOf(text)).toBe(text);
});

it.each(['x', 'ß', '訓', '"', '\n', '🚂'])('cuts a long text of %j to what the server takes', (character) => {
  const text = `reprise repro ${character.repeat(1_000)}`;
  const cut = summaryOf(text);
  expect(text.startsWith(cut.slice(0, -1)) && cut.endsWith('…')).toBe(true);
  expect(bytes(cut)).toBeLessThanOrEqual(350);
  expect(bytes(cut)).toBeGreaterThan(330);
});
