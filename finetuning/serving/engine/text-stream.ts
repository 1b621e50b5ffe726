import { GrowingText, INCOMPLETE, type Decoder } from './growing-text.js';

/**
 * The text of what is generated, handed on as soon as it is certain: no half of a character, and nothing that may be the
 * beginning of a text that ends it.
 */
export class TextStream {
  readonly #text: GrowingText;
  readonly #stop: readonly string[];
  readonly #onText: (text: string) => void;
  #sent = 0;
  #stopped = false;

  constructor(decoder: Decoder, stop: readonly string[], onText: (text: string) => void) {
    this.#text = new GrowingText(decoder);
    this.#stop = stop.filter((text) => text !== '');
    this.#onText = onText;
  }

  /** @returns whether a text that ends it has come */
  add(ids: readonly number[]): boolean {
    const text = this.#text.of(ids);
    const ends = this.#stop.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    if (ends.length > 0) {
      this.#send(text.slice(0, Math.min(...ends)));
      this.#stopped = true;
      return true;
    }
    this.#send(text.slice(0, text.length - this.#uncertain(text)));
    return false;
  }

  /** What was held back is text after all, unless it was ended. */
  end(ids: readonly number[]): void {
    if (!this.#stopped) this.#send(this.#text.of(ids));
  }

  #send(text: string): void {
    if (text.length <= this.#sent) return;
    const news = text.slice(this.#sent);
    this.#sent = text.length;
    this.#onText(news);
  }

  /** Characters at the end that may yet become something else. */
  #uncertain(text: string): number {
    let broken = 0;
    while (text.at(-1 - broken) === INCOMPLETE) broken++;
    const begun = this.#stop.map((stop) => {
      for (let length = Math.min(stop.length - 1, text.length); length > 0; length--)
        if (text.endsWith(stop.slice(0, length))) return length;
      return 0;
    });
    return Math.max(broken, ...begun);
  }
}
