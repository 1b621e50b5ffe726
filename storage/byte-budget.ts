/** Bounds the bytes that are held in memory at a time: who wants more than is left waits, first come, first served. */
export class ByteBudget {
  readonly #total: number;
  #left: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(total: number) {
    this.#total = total;
    this.#left = total;
  }

  /** Runs `use` once `bytes` are free. One that wants more than there is in all runs alone. */
  async hold<T>(bytes: number, use: () => Promise<T>): Promise<T> {
    const share = Math.min(bytes, this.#total);
    await new Promise<void>((go) => {
      this.#waiting.push({ bytes: share, go });
      this.#admit();
    });
    try {
      return await use();
    } finally {
      this.#left += share;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#left; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#left -= next.bytes;
      next.go();
    }
  }
}
