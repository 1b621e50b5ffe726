/** Lets at most `limit` holders in at once; 0 lets all in. First come, first served, so that replay gives the same order. */
export class Semaphore {
  #held = 0;
  readonly #queue: (() => void)[] = [];

  constructor(readonly limit: number) {}

  async hold<T>(run: () => Promise<T>): Promise<T> {
    if (this.limit > 0 && this.#held >= this.limit)
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#held++;
    try {
      return await run();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#held--;
    }
  }
}
