import { loadSharp } from './sharp.js';
import { CHANNELS, type Picture } from './picture.js';
import type { Preprocessing } from './preprocessing.js';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A part of a picture in another size.
 *
 * Kernels widen as the picture shrinks, as PIL's do; libvips rounds between its two passes and at the edges otherwise, so
 * that values differ from PIL's by one step of 255 here and there: tests/finetuning/images measures it.
 */
export async function resized(
  { width, height, pixels }: Picture,
  box: Box,
  size: { readonly width: number; readonly height: number },
  kernel: Preprocessing['kernel'],
): Promise<Picture> {
  const sharp = await loadSharp();
  const data = await sharp(pixels, { raw: { width, height, channels: CHANNELS } })
    .extract(box)
    .resize({ ...size, fit: 'fill', kernel })
    .raw()
    .toBuffer();
  return { ...size, pixels: data };
}

/** The middle of a picture as the network sees it in validation and prediction. [side, side, 3] */
export async function centered(
  picture: Picture,
  { side, shortest, kernel }: Preprocessing,
): Promise<Picture> {
  const { width, height } = picture;
  const whole = { left: 0, top: 0, width, height };
  if (shortest === undefined) return resized(picture, whole, { width: side, height: side }, kernel);
  const longer = (a: number, b: number): number => (a <= b ? shortest : Math.trunc((shortest * a) / b));
  const size = { width: longer(width, height), height: longer(height, width) };
  const near = await resized(picture, whole, size, kernel);
  const middle = (length: number): number => Math.trunc((length - side) / 2);
  return cut(near, { left: middle(size.width), top: middle(size.height), width: side, height: side });
}

/** A part of a picture, as it is. */
export function cut(picture: Picture, { left, top, width, height }: Box): Picture {
  const pixels = new Uint8Array(width * height * CHANNELS);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * picture.width + left) * CHANNELS;
    pixels.set(picture.pixels.subarray(from, from + width * CHANNELS), row * width * CHANNELS);
  }
  return { width, height, pixels };
}
