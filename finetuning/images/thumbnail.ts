import { loadSharp } from './sharp.js';

/** Pixels. Smaller pictures stay as they are. */
const MOST = 160;
/** Up to so many pixels a side nothing is left out: of digits of 8 × 8 each counts. */
const SMALL = 64;

/** A picture as a page can have it within itself. */
export interface Thumbnail {
  /** `data:` */
  readonly uri: string;
  readonly width: number;
  readonly height: number;
}

/** Without what the file says beside its pixels, such as where it was taken. */
export async function thumbnailOf(path: string): Promise<Thumbnail> {
  const sharp = await loadSharp();
  const small = sharp(path)
    .autoOrient()
    .resize({ width: MOST, height: MOST, fit: 'inside', withoutEnlargement: true });
  const { width, height } = await sharp(path).autoOrient().metadata();
  const lossless = Math.max(width, height) <= SMALL;
  const { data, info } = await (lossless ? small.png() : small.webp({ quality: 80 })).toBuffer({
    resolveWithObject: true,
  });
  return {
    uri: `data:image/${info.format};base64,${data.toString('base64')}`,
    width: info.width,
    height: info.height,
  };
}
