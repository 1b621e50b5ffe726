/** Part of a document: its ids, and whether they are to be learned. */
export interface EncodedPart {
  readonly ids: readonly number[];
  readonly learned: boolean;
}

/** Token ids of many documents in flat arrays, and which of them a language model learns to say. */
export class EncodedDocuments {
  readonly #ids: Int32Array;
  /** 1 for a token that is to be learned. */
  readonly #learned: Uint8Array;
  /** Document n is `ids[starts[n] … starts[n + 1])`. */
  readonly #starts: Int32Array;

  /** @param maxLength what is longer loses its end */
  constructor(documents: Iterable<readonly EncodedPart[]>, maxLength: number) {
    const [ids, learned, starts] = [[] as number[], [] as number[], [0]];
    for (const parts of documents) {
      const start = ids.length;
      for (const part of parts)
        for (const id of part.ids) {
          if (ids.length - start === maxLength) break;
          ids.push(id);
          learned.push(part.learned ? 1 : 0);
        }
      starts.push(ids.length);
    }
    this.#ids = Int32Array.from(ids);
    this.#learned = Uint8Array.from(learned);
    this.#starts = Int32Array.from(starts);
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

  /** [length] */
  learned(index: number): Uint8Array {
    return this.#learned.subarray(this.#starts[index], this.#starts[index + 1]);
  }

  /** How many tokens have to be said after another: a document's first is not. */
  labelsIn(index: number): number {
    return this.learned(index)
      .subarray(1)
      .reduce((sum, one) => sum + one, 0);
  }
}
