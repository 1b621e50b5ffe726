import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DiagnosticError } from '../../../diagnostics/index.js';

/** Node's read takes a length of 31 bits. */
const MOST_AT_ONCE = 2 ** 30;

/** A file of which ranges are read; what lies outside of it is never asked of the system. */
export class ByteFile {
  readonly bytes: number;
  readonly #descriptor: number;

  private constructor(
    /** How messages name it. */
    readonly file: string,
    descriptor: number,
  ) {
    this.#descriptor = descriptor;
    this.bytes = fstatSync(descriptor).size;
  }

  /** @throws DiagnosticError `file-missing` */
  static open(path: string, shownAs: string = path): ByteFile {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'r');
      if (fstatSync(descriptor).isFile()) return new ByteFile(shownAs, descriptor);
      closeSync(descriptor);
    } catch (cause) {
      throw missing(shownAs, (cause as NodeJS.ErrnoException).code ?? 'unknown', cause);
    }
    throw missing(shownAs, 'not a file');
  }

  /** @param damaged the error for a file that ends inside of the range */
  read(position: number, length: number, damaged: (expected: string, found: string) => Error): ArrayBuffer {
    // Before memory is asked for: the length may come from a hostile file.
    if (length > this.bytes - position)
      throw damaged(`${length} bytes at ${position}`, `a file of ${this.bytes} bytes`);
    const buffer = new ArrayBuffer(length);
    const view = new Uint8Array(buffer);
    for (let done = 0; done < length;) {
      const count = readSync(
        this.#descriptor,
        view,
        done,
        Math.min(length - done, MOST_AT_ONCE),
        position + done,
      );
      if (count === 0) throw damaged(`${length} bytes at ${position}`, `${done} bytes`);
      done += count;
    }
    return buffer;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function missing(file: string, reason: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError('file-missing', {
    message: `${file} cannot be read (${reason})`,
    at: { file },
    fix: 'correct the path, or fetch the file',
    cause,
  });
}
