/** Columns beyond which ruamel.yaml folds, when it is told of no other width. */
export const BEST_WIDTH = 80;

/** Text that grows line by line, with what ruamel.yaml's emitter keeps in mind about the line so far. */
export class LineWriter {
  #text = '';
  /** Code points in the current line, as the emitter counts them. */
  column = 0;
  /** The last character separates: no space is needed before a scalar. */
  whitespace = true;
  /** Only indentation and dashes stand in the current line. */
  indention = true;
  /** Where the current node's lines begin; undefined outside any collection. */
  indent: number | undefined;

  get text(): string {
    return this.#text;
  }

  put(chars: readonly string[] | string): void {
    this.#text += typeof chars === 'string' ? chars : chars.join('');
    this.column += chars.length;
  }

  indicator(
    indicator: string,
    needsSpace: boolean,
    after: { whitespace?: boolean; indention?: boolean } = {},
  ): void {
    this.put(this.whitespace || !needsSpace ? indicator : ` ${indicator}`);
    this.whitespace = after.whitespace ?? false;
    this.indention &&= after.indention ?? false;
  }

  lineBreak(text = '\n'): void {
    this.#text += text;
    this.column = 0;
    this.whitespace = true;
    this.indention = true;
  }

  /** Goes to the current indentation, on a new line unless this one is still blank up to there. */
  toIndent(): void {
    const indent = this.indent ?? 0;
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace))
      this.lineBreak();
    if (this.column < indent) {
      this.whitespace = true;
      this.put(' '.repeat(indent - this.column));
    }
  }
}
