/** As many as Node decodes at once. Of a batch of large pictures no more than these are in memory whole. */
const AT_ONCE = 4;

/** @returns in the order of the values */
export async function sideBySide<T, R>(
  values: readonly T[],
  work: (value: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(values.length);
  const rest = values.entries();
  const next = async (): Promise<void> => {
    for (const [index, value] of rest) results[index] = await work(value, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return results;
}
