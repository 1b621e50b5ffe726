import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { textWidth } from './text-width.js';

export type Terminal = Writable & { readonly columns?: number; readonly rows?: number };

/** Terminals that know it show what is between at once (DEC private mode 2026); others pass over it. */
const BEGIN = '\u001B[?2026h';
const END = '\u001B[?2026l';
const CLEAR_RIGHT = '\u001B[K';
const CLEAR_BELOW = '\u001B[J';

/**
 * Lines at the bottom of a terminal that are painted again and again, under text that stays. Each picture is one write, over
 * the one before, so nothing flickers. The cursor stays visible: a process that is killed cannot bring it back.
 */
export class LiveRegion {
  #painted: readonly string[] = [];

  constructor(readonly out: Terminal) {}

  get columns(): number {
    // The last column stays free: some terminals wrap as soon as it is written.
    return Math.max(10, (this.out.columns ?? 80) - 1);
  }

  /** Most lines that can be painted: what scrolled out at the top could not be painted over. */
  get rows(): number {
    return Math.max(3, (this.out.rows ?? 24) - 1);
  }

  /** @param lines each at most {@link columns} wide */
  paint(lines: readonly string[]): void {
    if (lines.length === this.#painted.length && lines.every((line, i) => line === this.#painted[i])) return;
    this.out.write(
      BEGIN + this.#toTop() + lines.map((line) => `${line}${CLEAR_RIGHT}\n`).join('') + CLEAR_BELOW + END,
    );
    this.#painted = lines;
  }

  /** Writes text that stays, above the region. */
  print(text: string): void {
    const below = this.#painted.map((line) => `${line}${CLEAR_RIGHT}\n`).join('');
    const above = text.replaceAll('\n', `${CLEAR_RIGHT}\n`);
    this.out.write(`${BEGIN}${this.#toTop()}${above}${CLEAR_RIGHT}\n${below}${CLEAR_BELOW}${END}`);
  }

  /** Leaves the last picture where it is: the next one goes below. */
  release(): void {
    this.#painted = [];
  }

  /** A terminal that was made narrower since has folded the lines: each takes more than one row. */
  #toTop(): string {
    const columns = Math.max(1, this.out.columns ?? 80);
    let rows = 0;
    for (const line of this.#painted) {
      rows += Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(line)) / columns));
    }
    return rows === 0 ? '\r' : `\u001B[${rows}A\r`;
  }
}
