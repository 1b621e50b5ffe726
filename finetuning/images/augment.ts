import type { FinetuningConfig } from '../../configs/index.js';
import { RandomStream } from '../random/stream.js';
import { CHANNELS, type Picture } from './picture.js';
import type { Preprocessing } from './preprocessing.js';
import { centered, cut, resized, type Box } from './resize.js';

export type Augmentation = FinetuningConfig['augmentation'];

/** Which sight of a picture it is: what is drawn is a function of these alone, so that a resumed run draws the same. */
export interface Sight {
  readonly seed: number;
  /** Forward passes of the training before this one. */
  readonly pass: number;
  readonly row: number;
}

/** A picture as the network sees it in training. [side, side, 3] */
export async function augmented(
  picture: Picture,
  preprocessing: Preprocessing,
  augmentation: Augmentation,
  { seed, pass, row }: Sight,
): Promise<Picture> {
  const stream = new RandomStream(seed, `augment/${pass}/${row}`);
  const { side, kernel } = preprocessing;
  const { random_resized_crop, pad_and_crop, horizontal_flip } = augmentation;
  let seen = random_resized_crop
    ? await resized(
        picture,
        randomBox(picture, random_resized_crop, stream),
        { width: side, height: side },
        kernel,
      )
    : await centered(picture, preprocessing);
  if (pad_and_crop > 0) seen = shifted(seen, pad_and_crop, stream);
  return stream.uniform() < horizontal_flip ? mirrored(seen) : seen;
}

const ATTEMPTS = 10;

/**
 * A part of random area and shape, as torchvision's RandomResizedCrop draws it; where ten of them do not fit in, the
 * largest middle part of a shape that is allowed.
 */
export function randomBox(
  { width, height }: Pick<Picture, 'width' | 'height'>,
  { scale, ratio }: NonNullable<Augmentation['random_resized_crop']>,
  stream: RandomStream,
): Box {
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * between(...scale);
    const shape = Math.exp(between(Math.log(ratio[0]), Math.log(ratio[1])));
    const box = { width: Math.round(Math.sqrt(area * shape)), height: Math.round(Math.sqrt(area / shape)) };
    if (box.width < 1 || box.width > width || box.height < 1 || box.height > height) continue;
    return {
      ...box,
      left: stream.below(width - box.width + 1),
      top: stream.below(height - box.height + 1),
    };
  }
  const own = width / height;
  const shape = Math.min(Math.max(own, ratio[0]), ratio[1]);
  const box = {
    width: Math.min(width, Math.max(1, Math.round(height * shape))),
    height: Math.min(height, Math.max(1, Math.round(width / shape))),
  };
  return {
    ...box,
    left: Math.trunc((width - box.width) / 2),
    top: Math.trunc((height - box.height) / 2),
  };
}

/** Black is put around the picture, `padding` pixels on each side, and a part of the picture's own size cut out. */
export function shifted(picture: Picture, padding: number, stream: RandomStream): Picture {
  const { width, height } = picture;
  const offset = (): number => stream.below(2 * padding + 1) - padding;
  const [left, top] = [offset(), offset()];
  const pixels = new Uint8Array(picture.pixels.length);
  const box = {
    left: Math.max(left, 0),
    top: Math.max(top, 0),
    width: Math.max(0, width - Math.abs(left)),
    height: Math.max(0, height - Math.abs(top)),
  };
  const part = cut(picture, box);
  for (let row = 0; row < box.height; row++) {
    const to = ((row + Math.max(-top, 0)) * width + Math.max(-left, 0)) * CHANNELS;
    const from = row * box.width * CHANNELS;
    pixels.set(part.pixels.subarray(from, from + box.width * CHANNELS), to);
  }
  return { width, height, pixels };
}

/** Left is right. */
export function mirrored({ width, height, pixels }: Picture): Picture {
  const result = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * CHANNELS;
      result.set(pixels.subarray(from, from + CHANNELS), (row * width + width - 1 - column) * CHANNELS);
    }
  return { width, height, pixels: result };
}
