/** Makes text of ids; what a tokenizer does. */
export interface Decoder {
  decode(ids: readonly number[]): string;
}

/** Stands for bytes that are no whole character yet. */
export const INCOMPLETE = '\uFFFD';

/**
 * The text of ids of which there are more each time, without decoding them all again. The ids that were decoded last are
 * decoded once more with what follows them, since a tokenizer may join the two otherwise than each alone.
 */
export class GrowingText {
  readonly #decoder: Decoder;
  /** The text of the ids before `#read`. */
  #settled = '';
  /** Before it nothing is decoded any more. */
  #from = 0;
  #read = 0;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** @param ids those of the last time, and more */
  of(ids: readonly number[]): string {
    const before = this.#decoder.decode(ids.slice(this.#from, this.#read));
    const here = this.#decoder.decode(ids.slice(this.#from));
    const text = this.#settled + here.slice(before.length);
    if (here.length > before.length && !here.endsWith(INCOMPLETE)) {
      this.#settled = text;
      this.#from = this.#read;
      this.#read = ids.length;
    }
    return text;
  }
}
