import type { ScoredToken } from '../types.js';
import { GrowingText, INCOMPLETE, type Decoder } from './growing-text.js';

/**
 * The text of what is generated, handed on as soon as it is certain: no half of a character, and nothing that may be the
 * beginning of a text that ends it.
 */
export class TextStream {
  readonly #text: GrowingText;
  readonly #stop: readonly string[];
  readonly #onText: (text: string, tokens: readonly ScoredToken[]) => void;
  /** Of which nothing has been handed on yet. */
  #tokens: ScoredToken[] = [];
  #sent = 0;
  /** Whole characters so far. */
  #length = 0;
  #stopped = false;

  constructor(
    decoder: Decoder,
    stop: readonly string[],
    onText: (text: string, tokens: readonly ScoredToken[]) => void,
  ) {
    this.#text = new GrowingText(decoder);
    this.#stop = stop.filter((text) => text !== '');
    this.#onText = onText;
  }

  /** The token that `add` will have as its last: it goes with the first of its text. */
  score(token: Omit<ScoredToken, 'offset'>): void {
    this.#tokens.push({ ...token, offset: this.#length });
  }

  /** @returns whether a text that ends it has come */
  add(ids: readonly number[]): boolean {
    const text = this.#text.of(ids);
    this.#length = text.length - broken(text);
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
    if (this.#stopped) return;
    this.#send(this.#text.of(ids));
    // What has no text of its own.
    if (this.#tokens.length > 0) this.#onText('', this.#tokens);
  }

  #send(text: string): void {
    if (text.length <= this.#sent) return;
    const news = text.slice(this.#sent);
    this.#sent = text.length;
    const isBegun = ({ offset }: ScoredToken): boolean => offset < this.#sent;
    const tokens = this.#tokens.filter(isBegun);
    this.#tokens = this.#tokens.slice(tokens.length);
    this.#onText(news, tokens);
  }

  /** Characters at the end that may yet become something else. */
  #uncertain(text: string): number {
    const begun = this.#stop.map((stop) => {
      for (let length = Math.min(stop.length - 1, text.length); length > 0; length--)
        if (text.endsWith(stop.slice(0, length))) return length;
      return 0;
    });
    return Math.max(broken(text), ...begun);
  }
}

/** Characters at the end that are not whole. */
function broken(text: string): number {
  let count = 0;
  while (text.at(-1 - count) === INCOMPLETE) count++;
  return count;
}
