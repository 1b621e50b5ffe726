import { jest } from '@jest/globals';
import sharp from 'sharp';
import { barChart, lineChart, table } from '../../notebooks/index.js';

/** What Deno's kernel is given, in its place; elsewhere the real one is used. */
interface Kernel {
  Deno?: { jupyter: { broadcast(type: string, content: { data: Record<string, string> }): Promise<void> } };
}

/** What a cell would show. */
async function shownBy(draw: () => Promise<void>): Promise<Record<string, string>> {
  let shown: Record<string, string> = {};
  (globalThis as Kernel).Deno = {
    jupyter: {
      broadcast: async (_type, { data }) => {
        shown = data;
      },
    },
  };
  try {
    await draw();
  } finally {
    delete (globalThis as Kernel).Deno;
  }
  return shown;
}

describe('what a notebook shows', () => {
  it('is text outside of a notebook', async () => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    await table('Rows', [{ split: 'train', rows: 24000, share: 0.00004 }]);
    await barChart('Empty', {});
    await lineChart('Empty too', 'x', 'y', { a: [] });
    expect(log.mock.calls).toEqual([
      ['Rows\nsplit    rows    share\ntrain  24,000  4.00e-5'],
      ['Empty: nothing to show yet'],
      ['Empty too: nothing to show yet'],
    ]);
    log.mockRestore();
  });

  it('is a table with a column for each field, and what a text says is no markup', async () => {
    const { 'text/html': html } = await shownBy(() => table('a < b', [{ a: 1 }, { b: '<i>x</i>' }]));
    expect(html).toContain('<caption>a &lt; b</caption>');
    expect(html?.match(/<th /g)).toHaveLength(2);
    expect(html).toContain('&lt;i&gt;x&lt;/i&gt;');
  });

  it('is a picture that stands alone, with room for the longest name', async () => {
    const name = 'a & b, of which there are many';
    const { 'image/svg+xml': svg = '' } = await shownBy(() =>
      barChart('Counts', { [name]: [8824, 3], none: [0, 0] }, ['train', 'test']),
    );
    const { data, info } = await sharp(Buffer.from(svg)).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, data[0]]).toEqual([760, 255]);
    // The axis ends at a number that can be read, and the first bar near there.
    expect(svg).toContain('>10000</text>');
    const left = Number(/text-anchor="end"[^>]*x="(\d+)"|x="(\d+)"[^>]*text-anchor="end"/.exec(svg)?.[2]);
    expect(left).toBeGreaterThan(name.length * 7);
  });

  it('is a line for each run, by small numbers too', async () => {
    const points = [0, 750].map((x) => ({ x, y: x / 375_000 }));
    const { 'image/svg+xml': svg = '', 'text/plain': text } = await shownBy(() =>
      lineChart('Learning rate', 'step', 'rate', { 'run 1': points, 'not begun': [] }),
    );
    expect(text).toBe('Learning rate\nrun 1: 2 points, the last at 750: 0.002');
    for (const tick of ['0.0005', '0.0015', '200', '800']) expect(svg).toContain(`>${tick}</text>`);
    expect((await sharp(Buffer.from(svg)).metadata()).format).toBe('svg');
  });
});
