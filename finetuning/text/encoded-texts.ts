import type { TextInput } from '../data/index.js';
import type { TextTokenizer } from './text-tokenizer.js';

/** Token ids of many texts, in flat arrays: a hundred thousand short texts take a few megabytes. */
export class EncodedTexts {
  readonly #ids: Int32Array;
  /** Text n is `ids[starts[n] … starts[n + 1])`. */
  readonly #starts: Int32Array;
  /** Which of two texts each id is counted to; absent where no text has a second one. */
  readonly #types: Uint8Array | undefined;

  constructor(ids: Int32Array, starts: Int32Array, types?: Uint8Array) {
    this.#ids = ids;
    this.#starts = starts;
    this.#types = types;
  }

  static encode(
    tokenizer: TextTokenizer,
    texts: readonly TextInput[],
    maxLength: number,
    onProgress?: (done: number) => void,
  ): EncodedTexts {
    const starts = new Int32Array(texts.length + 1);
    let ids = new Int32Array(Math.max(64, texts.length * 16));
    // Most texts have no second one, and then nothing is kept of it.
    const secondParts: { readonly at: number; readonly types: readonly number[] }[] = [];
    let used = 0;
    texts.forEach((text, index) => {
      const pair = typeof text === 'string' ? undefined : tokenizer.encodePair(text, maxLength);
      const encoded = pair?.ids ?? tokenizer.encode(text as string, maxLength);
      if (pair) secondParts.push({ at: used, types: pair.types });
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
    if (secondParts.length === 0) return new EncodedTexts(ids.slice(0, used), starts);
    const types = new Uint8Array(used);
    for (const part of secondParts) types.set(part.types, part.at);
    return new EncodedTexts(ids.slice(0, used), starts, types);
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

  /** Has any text a second one? */
  get hasPairs(): boolean {
    return this.#types !== undefined;
  }

  /** [length] Absent where no text has a second one. */
  types(index: number): Uint8Array | undefined {
    return this.#types?.subarray(this.#starts[index], this.#starts[index + 1]);
  }
}
