import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { explained } from '../disk-full.js';
import { partialPath } from '../partial.js';

const BUFFER_BYTES = 1024 * 1024;

/**
 * A text file that appears whole or not at all: written beside under a temporary name, synced, renamed by `publish`.
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
  #published = false;

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

  /** Writes out what is left. Nothing can be written after it. */
  seal(): void {
    this.#flush();
    fsyncSync(this.#fd);
    this.#open = false;
    closeSync(this.#fd);
  }

  /** Puts the sealed file in its place. */
  publish(): void {
    renameSync(this.#temporary, this.#path);
    this.#published = true;
  }

  /** Leaves nothing behind that was not published. */
  abort(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
    if (!this.#published) rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.from(this.#buffer.join(''), 'utf8');
    this.#buffer = [];
    this.#buffered = 0;
    for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
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
    // All are safe on the disk before the first takes its place.
    for (const writer of writers) writer.seal();
    for (const writer of writers) writer.publish();
    return result;
  } catch (cause) {
    throw explained(cause, paths.map((path) => relative(process.cwd(), path)).join(', '));
  } finally {
    for (const writer of writers) writer.abort();
  }
}
