import { createWriteStream, type WriteStream } from 'node:fs';
import { logFile, openLogs } from './log-files.js';

/** Text without a line's end that is held back before it is written: a secret is rarely so long. */
const LONGEST_HELD = 8_192;

/**
 * What a stage's command prints in one run, with its secrets masked: other hosts read it. Masking needs whole lines, so the
 * last one is held back until it ends.
 */
export class StageLog {
  readonly file: string;
  readonly #stream: WriteStream;
  #held = '';

  constructor(
    root: string,
    run: string,
    address: string,
    readonly mask: (text: string) => string,
  ) {
    this.file = logFile(root, run, address);
    openLogs(root, run);
    this.#stream = createWriteStream(this.file, { flags: 'a' });
    // A disk that is full must end the command's own writes, not the worker.
    this.#stream.on('error', () => undefined);
  }

  write(text: string): void {
    const all = this.#held + text;
    // A progress bar ends its lines with a carriage return.
    const ended = Math.max(all.lastIndexOf('\n'), all.lastIndexOf('\r')) + 1;
    const cut = all.length - ended > LONGEST_HELD ? all.length : ended;
    this.#held = all.slice(cut);
    if (cut > 0) this.#stream.write(this.mask(all.slice(0, cut)));
  }

  async close(): Promise<void> {
    const rest = this.mask(this.#held);
    this.#held = '';
    await new Promise<void>((resolve) => this.#stream.end(rest, () => resolve()));
  }
}
