/** Steps that the average is taken over: enough to be steady, few enough to follow a change. */
const WINDOW = 20;

/** Items per second over the last steps. */
export class Speedometer {
  readonly #marks: { readonly at: number; readonly items: number }[] = [{ at: performance.now(), items: 0 }];

  /** @param items done since the last call */
  count(items: number): number {
    const last = this.#marks.at(-1) as { items: number };
    this.#marks.push({ at: performance.now(), items: last.items + items });
    if (this.#marks.length > WINDOW + 1) this.#marks.shift();
    const [first, now] = [this.#marks[0], this.#marks.at(-1)] as [
      { at: number; items: number },
      { at: number; items: number },
    ];
    const seconds = (now.at - first.at) / 1000;
    return seconds > 0 ? (now.items - first.items) / seconds : 0;
  }
}
