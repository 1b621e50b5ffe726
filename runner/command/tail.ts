/** The last lines of a command's output, each cut to a length that a failure can carry. */
export class Tail {
  readonly #lines: string[] = [];
  #rest = '';

  constructor(
    readonly limit = 20,
    readonly width = 500,
  ) {}

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-10_000);
    for (const line of lines) this.#keep(line);
  }

  lines(): string[] {
    return this.#rest === '' ? [...this.#lines] : [...this.#lines, this.#cut(this.#rest)].slice(-this.limit);
  }

  #keep(line: string): void {
    this.#lines.push(this.#cut(line));
    if (this.#lines.length > this.limit) this.#lines.shift();
  }

  /** A progress bar overwrites its line: what it last said is what counts. */
  #cut(line: string): string {
    return (line.replace(/\r+$/, '').split('\r').at(-1) ?? '').slice(0, this.width);
  }
}
