/** Before and after, along each axis of images [rows, height, width, channels]. */
export type Borders = [[number, number], [number, number], [number, number], [number, number]];

/** Places around images that windows reach. @param window [height, width] */
export function bordersOf(
  [, height, width]: readonly number[],
  window: readonly [number, number],
  { stride, padding }: { readonly stride: number; readonly padding: number },
): Borders {
  const along = (size: number, length: number): [number, number] => {
    const steps = Math.floor((size + 2 * padding - length) / stride);
    return [padding, Math.max(0, steps * stride + length - padding - size)];
  };
  return [[0, 0], along(height as number, window[0]), along(width as number, window[1]), [0, 0]];
}

export const NO_BORDERS: Borders = [
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
];

export const hasBorders = (borders: Borders): boolean => borders.flat().some((places) => places > 0);
