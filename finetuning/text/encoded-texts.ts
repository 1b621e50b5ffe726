import type { TextTokenizer } from './text-tokenizer.js';

/** Token ids of many texts, in two flat arrays: a hundred thousand short texts take a few megabytes. */
export class EncodedTexts {
  readonly #ids: Int32Array;
  /** Text n is `ids[starts[n] … starts[n + 1])`. */
  readonly #starts: Int32Array;

  constructor(ids: Int32Array, starts: Int32Array) {
    this.#ids = ids;
    this.#starts = starts;
  }

  static encode(
    tokenizer: TextTokenizer,
    texts: readonly string[],
    maxLength: number,
    onProgress?: (done: number) => void,
  ): EncodedTexts {
    const starts = new Int32Array(texts.length + 1);
    let ids = new Int32Array(Math.max(64, texts.length * 16));
    let used = 0;
    texts.forEach((text, index) => {
      const encoded = tokenizer.encode(text, maxLength);
      if (used + encoded.length > ids.length) {
        const grown = new Int32Array(Math.max(ids.length * 2, used + encoded.length));
        grown.set(ids);
        ids = grown;
      }
      ids.set(encoded, used);
      used += encoded.length;
      starts[index + 1] = used;
      onProgress?.(index + 1);
    });
    return new EncodedTexts(ids.slice(0, used), starts);
  }

  /** The largest id that occurs: what the model's vocabulary has to have. */
  largestId(): number {
    return this.#ids.reduce((largest, id) => Math.max(largest, id), 0);
  }

  get count(): number {
    return this.#starts.length - 1;
  }

  length(index: number): number {
    return (this.#starts[index + 1] as number) - (this.#starts[index] as number);
  }

  ids(index: number): Int32Array {
    return this.#ids.subarray(this.#starts[index], this.#starts[index + 1]);
  }
}
