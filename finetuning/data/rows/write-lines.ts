import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { partialPath } from '../partial.js';

const BUFFER_BYTES = 1024 * 1024;

/**
 * A text file that appears whole or not at all: written beside under a temporary name, synced, renamed by `commit`.
 * Writing is synchronous: a data stage does nothing else meanwhile, and no queue can grow.
 */
export class LineWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #fd: number;
  #buffer: string[] = [];
  #buffered = 0;
  #lines = 0;
  #open = true;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#temporary = partialPath(path);
    this.#fd = openSync(this.#temporary, 'w');
  }

  get lines(): number {
    return this.#lines;
  }

  /** @param line without its line end */
  write(line: string): void {
    this.#buffer.push(line, '\n');
    this.#buffered += line.length + 1;
    this.#lines++;
    if (this.#buffered >= BUFFER_BYTES) this.#flush();
  }

  commit(): void {
    this.#flush();
    fsyncSync(this.#fd);
    this.#close();
    renameSync(this.#temporary, this.#path);
  }

  /** Leaves nothing behind. Does nothing after `commit`. */
  abort(): void {
    if (!this.#open) return;
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.from(this.#buffer.join(''), 'utf8');
    this.#buffer = [];
    this.#buffered = 0;
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
      throw new DiagnosticError('disk-full', {
        message: `the disk is full while ${this.#path} is written`,
        at: { file: this.#path },
        fix: 'free some space and run the command again; nothing was replaced',
        cause,
      });
    }
  }

  #close(): void {
    this.#open = false;
    closeSync(this.#fd);
  }
}

/** Runs `body` with a writer per path; all files appear when it succeeds, none when it throws. */
export async function writeFiles<T>(
  paths: readonly string[],
  body: (writers: readonly LineWriter[]) => T | Promise<T>,
): Promise<T> {
  const writers: LineWriter[] = [];
  try {
    for (const path of paths) writers.push(new LineWriter(path));
    const result = await body(writers);
    for (const writer of writers) writer.commit();
    return result;
  } finally {
    for (const writer of writers) writer.abort();
  }
}
