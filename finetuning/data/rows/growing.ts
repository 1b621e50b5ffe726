/** Numbers that come one by one, in a typed array: eight bytes each, or four. */
export class Growing<T extends Float64Array | Int32Array | Uint32Array> {
  #values: T;
  #length = 0;

  constructor(private readonly make: (length: number) => T) {
    this.#values = make(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.make(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** What came so far; not a copy. */
  get values(): T {
    return this.#values.subarray(0, this.#length) as T;
  }
}
