/** How many files are worked on at a time: libuv has four threads for files; a few more keep them busy. */
const AT_ONCE = 8;

/**
 * Maps items a few at a time, results in the items' order. The first failure stops what has not begun, and is thrown once
 * what has begun is over.
 *
 * @param atOnce more are worth while where most of the time is spent waiting for a network
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
  atOnce = AT_ONCE,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await act(items[index] as T);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure) throw (failure as { readonly error: unknown }).error;
  return results;
}
