// @ts-check

/**
 * A cell: a character, and the classes that give its look.
 * @typedef {{ readonly character: string, readonly look: string }} Cell
 */

/** SGR code → class; `undefined` takes the classes of its group away. */
const LOOKS = new Map([
  [1, 'bold'],
  [2, 'dim'],
  [31, 'red'],
  [32, 'green'],
  [33, 'yellow'],
  [36, 'cyan'],
]);

/**
 * A terminal's screen, as far as our output needs one: line feeds, carriage returns, cursor up, clearing, folding, colours.
 */
export class TerminalGrid {
  /** @type {Cell[][]} */
  #rows = [[]];
  #row = 0;
  #column = 0;
  /** @type {Set<string>} */
  #look = new Set();

  /** @param {number} columns */
  constructor(columns) {
    this.columns = columns;
  }

  /** @param {string} text */
  write(text) {
    for (const [token] of text.matchAll(/\u001B\[[?\d;]*[A-Za-z]|[^]/gu)) this.#take(token);
  }

  /**
   * The last rows, as they would stand on a screen of this height.
   *
   * @param {number} height
   * @returns {readonly (readonly Cell[])[]}
   */
  shown(height) {
    const rows = [...this.#rows];
    while (rows.length > 0 && rows.at(-1)?.length === 0) rows.pop();
    return rows.slice(-height);
  }

  /** @param {string} token */
  #take(token) {
    if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#down();
    else if (token.endsWith('A') && token.startsWith('\u001B'))
      this.#row = Math.max(0, this.#row - Number(/\d+/.exec(token)?.[0] ?? 1));
    else if (token === '\u001B[K') this.#line().splice(this.#column);
    else if (token === '\u001B[J') {
      this.#line().splice(this.#column);
      this.#rows.splice(this.#row + 1);
    } else if (token.endsWith('m') && token.startsWith('\u001B')) this.#style(token);
    else if (!token.startsWith('\u001B')) this.#put(token);
  }

  /** @param {string} character */
  #put(character) {
    if (this.#column === this.columns) {
      this.#down();
      this.#column = 0;
    }
    const line = this.#line();
    while (line.length < this.#column) line.push({ character: ' ', look: '' });
    line[this.#column++] = { character, look: [...this.#look].join(' ') };
  }

  /** @param {string} token */
  #style(token) {
    for (const code of token.slice(2, -1).split(';').map(Number)) {
      const look = LOOKS.get(code);
      const ends = code === 0 ? [...LOOKS.values()] : code === 22 ? ['bold', 'dim'] : [];
      if (code === 39 || (look && code > 30)) ends.push('red', 'green', 'yellow', 'cyan');
      for (const end of ends) this.#look.delete(end);
      if (look) this.#look.add(look);
    }
  }

  // The pseudo-terminal sends a carriage return before each line feed.
  #down() {
    this.#row += 1;
    this.#line();
  }

  #line() {
    while (this.#rows.length <= this.#row) this.#rows.push([]);
    return /** @type {Cell[]} */ (this.#rows[this.#row]);
  }
}
