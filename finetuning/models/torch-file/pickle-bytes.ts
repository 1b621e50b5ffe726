import { badTorchFile } from './bad-torch-file.js';

/** The arguments of a pickle's operations, read in order and never beyond the end. */
export class PickleBytes {
  readonly #view: DataView;

  constructor(
    private readonly file: string,
    private readonly data: Uint8Array,
    /** The position of what is read next. */
    public at: number,
  ) {
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** Lengths alone are so wide; what is not exact is longer than any file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  /** Big-endian, unlike everything else. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** A two's complement integer of any length; a bigint where a number would not be exact. */
  long(length: number): number | bigint {
    const bytes = this.slice(length);
    let value = 0n;
    for (let index = bytes.length - 1; index >= 0; index--)
      value = (value << 8n) | BigInt(bytes[index] as number);
    if (bytes.length > 0 && (bytes.at(-1) as number) & 0x80) value -= 1n << BigInt(8 * bytes.length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  slice(length: number): Uint8Array {
    const start = this.#take(length);
    return this.data.subarray(start, start + length);
  }

  text(length: number): string {
    return Buffer.from(this.slice(length)).toString('utf8');
  }

  line(): string {
    const end = this.data.indexOf(0x0a, this.at);
    if (end < 0) throw this.#ended('the end of a line');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  #take(length: number): number {
    const start = this.at;
    if (length > this.data.length - start) throw this.#ended(`${length} bytes more`);
    this.at += length;
    return start;
  }

  #ended(expected: string): Error {
    return badTorchFile(this.file, 'the pickle ends too early', {
      expected: `${expected} at byte ${this.at}`,
      found: `${this.data.length} bytes`,
    });
  }
}
