import {
  augmented,
  mirrored,
  randomBox,
  shifted,
  type Augmentation,
} from '../../../finetuning/images/augment.js';
import type { Picture } from '../../../finetuning/images/picture.js';
import { pixelBatch } from '../../../finetuning/images/pixel-batch.js';
import type { Preprocessing } from '../../../finetuning/images/preprocessing.js';
import { RandomStream } from '../../../finetuning/random/stream.js';

/** Each pixel tells where it stands: (column, row, 7). */
function numbered(width: number, height: number): Picture {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return [pixel % width, Math.floor(pixel / width), 7][at % 3] as number;
  });
  return { width, height, pixels };
}
const at = ({ width, pixels }: Picture, column: number, row: number): number[] => [
  ...pixels.subarray((row * width + column) * 3, (row * width + column + 1) * 3),
];

const preprocessing: Preprocessing = {
  side: 8,
  shortest: 9,
  kernel: 'cubic',
  scale: 1 / 255,
  mean: [0.5, 0.4, 0.3],
  deviation: [0.2, 0.25, 0.5],
};

describe('augmentations', () => {
  it('mirror left and right', () => {
    const mirror = mirrored(numbered(5, 3));
    expect(at(mirror, 0, 2)).toEqual([4, 2, 7]);
    expect(at(mirror, 4, 0)).toEqual([0, 0, 7]);
    expect(mirrored(mirror)).toEqual(numbered(5, 3));
  });

  it('shift by no more than the padding, in all directions, with black where nothing was', () => {
    const seen = new Set<string>();
    for (let draw = 0; draw < 200; draw++) {
      const picture = shifted(numbered(6, 5), 2, new RandomStream(draw, 'shift'));
      // The middle is never shifted out: what stands there says how far it went.
      const [column, row] = at(picture, 3, 2) as [number, number];
      const [left, top] = [column - 3, row - 2];
      expect(Math.max(Math.abs(left), Math.abs(top))).toBeLessThanOrEqual(2);
      seen.add(`${left},${top}`);
      for (let x = 0; x < 6; x++)
        for (let y = 0; y < 5; y++) {
          const within = x + left >= 0 && x + left < 6 && y + top >= 0 && y + top < 5;
          expect(at(picture, x, y)).toEqual(within ? [x + left, y + top, 7] : [0, 0, 0]);
        }
    }
    expect(seen.size).toBe(25);
  });

  it('draw boxes of the wanted area and shape that lie inside of the picture', () => {
    const size = { width: 400, height: 300 };
    const areas: number[] = [];
    for (let draw = 0; draw < 500; draw++) {
      const box = randomBox(size, { scale: [0.2, 0.6], ratio: [0.5, 2] }, new RandomStream(draw, 'box'));
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.left + box.width).toBeLessThanOrEqual(400);
      expect(box.top + box.height).toBeLessThanOrEqual(300);
      const shape = box.width / box.height;
      expect(shape).toBeGreaterThan(0.49);
      expect(shape).toBeLessThan(2.02);
      areas.push((box.width * box.height) / 120_000);
    }
    expect(Math.min(...areas)).toBeGreaterThan(0.19);
    expect(Math.max(...areas)).toBeLessThan(0.61);
    // Uniform between the two, but for the few that do not fit.
    expect(areas.reduce((sum, area) => sum + area, 0) / areas.length).toBeCloseTo(0.4, 1);
  });

  it('fall back to the middle where no box fits', () => {
    const box = randomBox(
      { width: 100, height: 4 },
      { scale: [1, 1], ratio: [0.9, 1.1] },
      new RandomStream(1, 'box'),
    );
    expect(box).toEqual({ width: 4, height: 4, left: 48, top: 0 });
  });

  it('are functions of seed, pass and row', async () => {
    const picture = numbered(40, 30);
    const augmentation: Augmentation = {
      random_resized_crop: { scale: [0.3, 1], ratio: [0.75, 4 / 3] },
      horizontal_flip: 0.5,
      pad_and_crop: 1,
    };
    const see = async (seed: number, pass: number, row: number): Promise<string> =>
      Buffer.from(
        (await augmented(picture, preprocessing, augmentation, { seed, pass, row })).pixels,
      ).toString('hex');
    const first = await see(1, 2, 3);
    expect(await see(1, 2, 3)).toBe(first);
    for (const other of [see(2, 2, 3), see(1, 3, 3), see(1, 2, 4)]) expect(await other).not.toBe(first);
  });
});

it('a batch has normalized pixels, and zeros for rows that are not there', () => {
  const batch = pixelBatch([numbered(8, 8)], 2, preprocessing);
  expect(batch).toHaveLength(2 * 8 * 8 * 3);
  const [red, green, blue] = batch.subarray((3 * 8 + 5) * 3);
  expect(red).toBeCloseTo((5 / 255 - 0.5) / 0.2, 6);
  expect(green).toBeCloseTo((3 / 255 - 0.4) / 0.25, 6);
  expect(blue).toBeCloseTo((7 / 255 - 0.3) / 0.5, 6);
  expect(batch.subarray(8 * 8 * 3).every((value) => value === 0)).toBe(true);
});
