import { Writable } from 'node:stream';

/**
 * A terminal's screen, as far as our output needs one: line feeds, carriage returns, cursor up, clearing, folding of long lines,
 * scrolling, and a change of width, which folds what stands there anew.
 */
export class Screen extends Writable {
  /** Logical lines; a row of the screen is a part of one, `columns` long. */
  #lines: string[] = [''];
  /** Of the cursor, among all rows ever shown. */
  #row = 0;
  #column = 0;
  writes = 0;
  /** Everything that was written. */
  raw = '';
  readonly isTTY = true;

  constructor(
    public columns: number,
    public rows: number,
  ) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.writes++;
    this.raw += String(chunk);
    for (const [token] of String(chunk).matchAll(/\u001B\[[?\d;]*[A-Za-z]|[^]/gu)) this.#take(token);
    done();
  }

  resize(columns: number, rows = this.rows): void {
    const { line, offset } = this.#locate(this.#row);
    this.columns = columns;
    this.rows = rows;
    this.#row = this.#rowOf(line) + Math.floor(offset / columns);
    this.emit('resize');
  }

  /** Rows that hold something, from the first ever shown. */
  text(): string[] {
    const rows = this.#lines.flatMap((line) => fold(line, this.columns));
    while (rows.at(-1) === '') rows.pop();
    return rows.map((row) => row.trimEnd());
  }

  #take(token: string): void {
    if (token === '\r') this.#column = 0;
    else if (token === '\n') {
      this.#row++;
      this.#column = 0;
      if (this.#row >= this.#lines.flatMap((line) => fold(line, this.columns)).length) this.#lines.push('');
    } else if (/\u001B\[\d*A/.test(token)) this.#up(Number(/\d+/.exec(token)?.[0] ?? 1));
    else if (token === '\u001B[K') this.#edit((line, at) => line.slice(0, at));
    else if (token === '\u001B[J') {
      const { line } = this.#locate(this.#row);
      this.#edit((text, at) => text.slice(0, at));
      this.#lines.length = line + 1;
    } else if (!token.startsWith('\u001B')) {
      this.#edit((line, at) => line.slice(0, at).padEnd(at) + token + line.slice(at + 1));
      this.#column++;
      // Terminals fold when the next character comes, not when the last column is written.
      if (this.#column > this.columns) {
        this.#row++;
        this.#column = 1;
      }
    }
  }

  /** What scrolled off at the top cannot be reached. */
  #up(rows: number): void {
    const bottom = this.#lines.flatMap((line) => fold(line, this.columns)).length - 1;
    this.#row = Math.max(this.#row - rows, Math.max(0, bottom - this.rows + 1));
  }

  #edit(change: (line: string, at: number) => string): void {
    const { line, offset } = this.#locate(this.#row);
    this.#lines[line] = change(this.#lines[line] ?? '', offset + this.#column);
  }

  #locate(row: number): { line: number; offset: number } {
    let before = 0;
    for (const [line, text] of this.#lines.entries()) {
      const height = fold(text, this.columns).length;
      if (row < before + height) return { line, offset: (row - before) * this.columns };
      before += height;
    }
    return { line: this.#lines.length - 1, offset: 0 };
  }

  #rowOf(line: number): number {
    return this.#lines.slice(0, line).reduce((sum, text) => sum + fold(text, this.columns).length, 0);
  }
}

function fold(line: string, columns: number): string[] {
  const rows: string[] = [];
  for (let at = 0; at < Math.max(1, line.length); at += columns) rows.push(line.slice(at, at + columns));
  return rows;
}
