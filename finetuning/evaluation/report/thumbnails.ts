import type { TextInput } from '../../data/index.js';
import { thumbnailOf, type Thumbnail } from '../../images/thumbnail.js';
import { worstErrors, type Comparison } from '../comparison.js';
import { escape } from './html.js';

/** Pixels: a side that is shorter is shown larger. */
const LEAST = 64;

/**
 * The pictures that the model is most surely wrong about, small, by row number; none of texts.
 *
 * @param inputs paths of the rows' pictures, [rows]
 */
export async function thumbnailsOf(
  comparison: Comparison,
  inputs: readonly TextInput[],
  count: number,
): Promise<ReadonlyMap<number, Thumbnail>> {
  const found = new Map<number, Thumbnail>();
  for (const { index, row } of worstErrors(comparison, count))
    if ('image' in row) found.set(index, await thumbnailOf(inputs[index] as string));
  return found;
}

/** @param name what it is a picture of, for those who do not see it */
export function thumbnailImage({ uri, width, height }: Thumbnail, name: string): string {
  const scale = Math.max(1, Math.ceil(LEAST / Math.max(width, height)));
  const look = scale > 1 ? 'thumbnail pixels' : 'thumbnail';
  return `<img class="${look}" src="${uri}" width="${width * scale}" height="${height * scale}" alt="${escape(name)}">`;
}
