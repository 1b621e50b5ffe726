import { Admission } from '../../../../finetuning/serving/queue/admission.js';

/** Requests end when the test says so. */
function controlled(most: number, maxQueue: number) {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const admission = new Admission<number>({
    most,
    maxQueue,
    run: (one) => {
      begun.push(one);
      return new Promise((resolve) => ends.set(one, resolve));
    },
  });
  const end = async (one: number): Promise<void> => {
    ends.get(one)?.();
    // The next begins after the promise of this one.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { admission, begun, end };
}

describe('requests that begin one by one', () => {
  it('lets each begin as soon as another ends, in order', async () => {
    const { admission, begun, end } = controlled(2, 5);
    for (const one of [1, 2, 3, 4]) admission.add(one);
    expect(begun).toEqual([1, 2]);
    await end(2);
    expect(begun).toEqual([1, 2, 3]);
    await end(1);
    await end(3);
    expect(begun).toEqual([1, 2, 3, 4]);
    expect(admission.waiting).toBe(0);
  });

  it('refuses what there is no room for, and goes on', async () => {
    const { admission, begun, end } = controlled(1, 1);
    admission.add(1);
    admission.add(2);
    expect(() => admission.add(3)).toThrow(expect.objectContaining({ code: 'queue-full' }));
    await end(1);
    admission.add(4);
    await end(2);
    expect(begun).toEqual([1, 2, 4]);
  });

  it('lets go of what nobody waits for, and not of what has begun', async () => {
    const { admission, begun, end } = controlled(1, 5);
    for (const one of [1, 2, 3]) admission.add(one);
    expect(admission.remove(1)).toBe(false);
    expect(admission.remove(2)).toBe(true);
    await end(1);
    expect(begun).toEqual([1, 3]);
  });
});
