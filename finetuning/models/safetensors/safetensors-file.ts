import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { widenBfloat16, widenFloat16 } from './half-float.js';
import {
  MAX_HEADER_BYTES,
  badSafetensors,
  parseHeader,
  type SafetensorsHeader,
  type TensorEntry,
} from './header.js';

const LENGTH_BYTES = 8;

/** A safetensors file whose tensors are read one at a time, each straight from its range: never the whole file. */
export class SafetensorsFile {
  readonly #descriptor: number;
  readonly #header: SafetensorsHeader;
  readonly #dataStart: number;

  private constructor(
    readonly file: string,
    descriptor: number,
  ) {
    this.#descriptor = descriptor;
    const fileBytes = fstatSync(descriptor).size;
    if (fileBytes < LENGTH_BYTES)
      throw badSafetensors(file, 'the file is too short to be a safetensors file', {
        expected: `at least ${LENGTH_BYTES} bytes`,
        found: `${fileBytes} bytes`,
      });
    const headerBytes = Buffer.from(this.#read(0, LENGTH_BYTES)).readBigUInt64LE();
    if (headerBytes > MAX_HEADER_BYTES || headerBytes > fileBytes - LENGTH_BYTES)
      throw badSafetensors(file, 'the safetensors header length is wrong', {
        expected: `at most ${Math.min(MAX_HEADER_BYTES, fileBytes - LENGTH_BYTES)} bytes`,
        found: `${headerBytes} bytes`,
      });
    this.#dataStart = LENGTH_BYTES + Number(headerBytes);
    const text = Buffer.from(this.#read(LENGTH_BYTES, Number(headerBytes))).toString('utf8');
    this.#header = parseHeader(file, text, fileBytes - this.#dataStart);
  }

  /** @throws DiagnosticError `file-missing`, `bad-safetensors` */
  static open(path: string, shownAs: string = path): SafetensorsFile {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch (cause) {
      throw new DiagnosticError('file-missing', {
        message: `${shownAs} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
        at: { file: shownAs },
        fix: 'correct the path, or fetch the file',
        cause,
      });
    }
    try {
      return new SafetensorsFile(shownAs, descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.#header.tensors.keys()];
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#header.metadata;
  }

  has(name: string): boolean {
    return this.#header.tensors.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#entry(name).shape;
  }

  /** The values in row-major order, widened to float32 where they are stored as halves. */
  readFloat32(name: string): Float32Array {
    const { dtype, begin, end } = this.#entry(name);
    const bytes = this.#read(this.#dataStart + begin, end - begin);
    if (dtype === 'F32') return new Float32Array(bytes);
    if (dtype === 'F16') return widenFloat16(new Uint16Array(bytes));
    if (dtype === 'BF16') return widenBfloat16(new Uint16Array(bytes));
    throw badSafetensors(this.file, `${name} has a type that cannot be used as weights`, {
      expected: 'F32, F16 or BF16',
      found: dtype,
    });
  }

  /** The values as they are stored, of any type. */
  readBytes(name: string): Uint8Array {
    const { begin, end } = this.#entry(name);
    return new Uint8Array(this.#read(this.#dataStart + begin, end - begin));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #entry(name: string): TensorEntry {
    const entry = this.#header.tensors.get(name);
    if (!entry) throw badSafetensors(this.file, `the file has no tensor named ${name}`);
    return entry;
  }

  #read(position: number, length: number): ArrayBuffer {
    const buffer = new ArrayBuffer(length);
    const view = new Uint8Array(buffer);
    for (let done = 0; done < length;) {
      const count = readSync(this.#descriptor, view, done, length - done, position + done);
      if (count === 0)
        throw badSafetensors(this.file, 'the file ended while it was read', {
          expected: `${length} bytes at ${position}`,
          found: `${done} bytes`,
        });
      done += count;
    }
    return buffer;
  }
}
