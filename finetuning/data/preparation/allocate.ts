/**
 * Shares `total` among classes in proportion to their sizes (largest remainder), each getting at least one and at most
 * its cap.
 *
 * @param sizes rows of each class, in the order of its label
 * @param caps most that each class can give; each at least 1
 * @param total at least the number of classes, at most the sum of the caps
 */
export function allocate(sizes: readonly number[], caps: readonly number[], total: number): number[] {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const ideal = sizes.map((size) => (total * size) / rows);
  const shares = ideal.map((share, index) => Math.min(Math.max(1, Math.floor(share)), caps[index] as number));
  let left = total - shares.reduce((sum, share) => sum + share, 0);
  // The class that is furthest below its share gives or gets next; the first label wins a tie.
  for (; left > 0; left--) {
    const label = furthest(shares, ideal, (at) => (shares[at] as number) < (caps[at] as number), 1);
    shares[label] = (shares[label] as number) + 1;
  }
  for (; left < 0; left++) {
    const label = furthest(shares, ideal, (at) => (shares[at] as number) > 1, -1);
    shares[label] = (shares[label] as number) - 1;
  }
  return shares;
}

function furthest(
  shares: readonly number[],
  ideal: readonly number[],
  allowed: (index: number) => boolean,
  sign: 1 | -1,
): number {
  let best = -1;
  let bestGap = -Infinity;
  for (let index = 0; index < shares.length; index++) {
    const gap = sign * ((ideal[index] as number) - (shares[index] as number));
    if (gap > bestGap && allowed(index)) {
      best = index;
      bestGap = gap;
    }
  }
  if (best === -1) throw new RangeError('no class can take or give a row: the total does not fit the caps');
  return best;
}
