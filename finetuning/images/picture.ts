import { readFile } from 'node:fs/promises';
import { DiagnosticError, type Location } from '../../diagnostics/index.js';
import { loadSharp } from './sharp.js';

/** Red, green and blue of each pixel, row by row: [height, width, 3]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Where a picture lies, and what names it in messages: a line of a .jsonl file, or its own path. */
export interface PictureFile {
  readonly path: string;
  readonly at: Location;
  /** What is in the file, where that is known already. */
  readonly bytes?: Uint8Array;
  /** Default: sharp's own, 268 million. */
  readonly mostPixels?: number;
}

export const CHANNELS = 3;

/** In pixels: what is decoded to see whether it can be. A JPEG is made small while it is decoded, which takes less. */
const GLANCE = 8;

/**
 * The bytes of a picture.
 *
 * @param isKnown it was decoded before: that it begins as one does is enough
 * @throws DiagnosticError `file-missing`, `bad-image`
 */
export async function readPictureBytes(file: PictureFile, isKnown = false): Promise<Buffer> {
  const sharp = await loadSharp();
  let bytes: Buffer;
  try {
    bytes = await readFile(file.path);
  } catch (cause) {
    throw new DiagnosticError('file-missing', {
      message: `the picture ${file.path} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      at: file.at,
      fix: 'put the picture there, or correct the path',
      cause,
    });
  }
  try {
    if (isKnown) await sharp(bytes).metadata();
    else await sharp(bytes, { failOn: 'error' }).resize(GLANCE).raw().toBuffer();
  } catch (cause) {
    throw badImage(file, cause);
  }
  return bytes;
}

/**
 * Turned the way up that the camera noted. Gray becomes three equal channels, sixteen bits become eight, and what is
 * transparent shows the color under it, as PIL's convert("RGB") does. As there, color profiles are passed over: models were
 * pretrained on values as they lie in the file, and transformers reads a phone's Display P3 so.
 *
 * @throws DiagnosticError `bad-image`
 */
export async function readPicture(file: PictureFile): Promise<Picture> {
  const sharp = await loadSharp();
  try {
    const limit = file.mostPixels === undefined ? {} : { limitInputPixels: file.mostPixels };
    const input = sharp(file.bytes ?? file.path, { failOn: 'error', ignoreIcc: true, ...limit }).autoOrient();
    const isInk = (await input.metadata()).space === 'cmyk';
    const values = isInk
      ? input.pipelineColourspace('cmyk').toColourspace('cmyk')
      : input.removeAlpha().toColourspace('srgb');
    const { data, info } = await values.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: isInk ? lightOf(data) : data };
  } catch (cause) {
    throw badImage(file, cause);
  }
}

/**
 * Cyan, magenta, yellow and black as red, green and blue: what the inks leave of white, (1 − ink) · (1 − black), as PIL has it.
 *
 * @param inks four of each pixel
 */
function lightOf(inks: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((inks.length / 4) * CHANNELS);
  for (let at = 0; at < pixels.length; at++) {
    const start = Math.floor(at / CHANNELS) * 4;
    const light = 255 - (inks[start + 3] as number);
    pixels[at] = light - Math.round(((inks[start + (at % CHANNELS)] as number) * light) / 255);
  }
  return pixels;
}

function badImage({ path, at }: PictureFile, cause: unknown): DiagnosticError {
  // Where the picture itself is the place, it is named there.
  const what = path.endsWith(`/${at.file}`) ? 'this' : path;
  return new DiagnosticError('bad-image', {
    message: `${what} is not a picture that can be read: ${(cause as Error).message.trim().split('\n')[0]}`,
    at,
    expected: 'a whole PNG, JPEG or WebP file',
    fix: 'replace the picture, or remove it, with the row that names it where there is one',
    cause,
  });
}
