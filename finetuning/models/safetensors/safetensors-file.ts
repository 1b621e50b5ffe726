import { ByteFile } from '../weights/byte-file.js';
import { isNumericType, numericTypes, widen } from '../weights/widen.js';
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
  readonly file: string;
  readonly #bytes: ByteFile;
  readonly #header: SafetensorsHeader;
  readonly #dataStart: number;

  private constructor(bytes: ByteFile) {
    this.#bytes = bytes;
    this.file = bytes.file;
    if (bytes.bytes < LENGTH_BYTES)
      throw badSafetensors(this.file, 'the file is too short to be a safetensors file', {
        expected: `at least ${LENGTH_BYTES} bytes`,
        found: `${bytes.bytes} bytes`,
      });
    const headerBytes = Buffer.from(this.#read(0, LENGTH_BYTES)).readBigUInt64LE();
    const room = bytes.bytes - LENGTH_BYTES;
    if (headerBytes > MAX_HEADER_BYTES || headerBytes > room)
      throw badSafetensors(this.file, 'the safetensors header length is wrong', {
        expected: `at most ${Math.min(MAX_HEADER_BYTES, room)} bytes`,
        found: `${headerBytes} bytes`,
      });
    this.#dataStart = LENGTH_BYTES + Number(headerBytes);
    const text = Buffer.from(this.#read(LENGTH_BYTES, Number(headerBytes))).toString('utf8');
    this.#header = parseHeader(this.file, text, bytes.bytes - this.#dataStart);
  }

  /** @throws DiagnosticError `file-missing`, `bad-safetensors` */
  static open(path: string, shownAs: string = path): SafetensorsFile {
    const bytes = ByteFile.open(path, shownAs);
    try {
      return new SafetensorsFile(bytes);
    } catch (error) {
      bytes.close();
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

  /** The values in row-major order, as the nearest float32. */
  readFloat32(name: string): Float32Array {
    const { dtype, begin, end } = this.#entry(name);
    if (!isNumericType(dtype))
      throw badSafetensors(this.file, `${name} has a type that cannot be used as weights`, {
        expected: numericTypes.join(', '),
        found: dtype,
      });
    return widen(dtype, this.#read(this.#dataStart + begin, end - begin));
  }

  /** The values as they are stored, of any type. */
  readBytes(name: string): Uint8Array {
    const { begin, end } = this.#entry(name);
    return new Uint8Array(this.#read(this.#dataStart + begin, end - begin));
  }

  close(): void {
    this.#bytes.close();
  }

  #entry(name: string): TensorEntry {
    const entry = this.#header.tensors.get(name);
    if (!entry) throw badSafetensors(this.file, `the file has no tensor named ${name}`);
    return entry;
  }

  #read(position: number, length: number): ArrayBuffer {
    return this.#bytes.read(position, length, (expected, found) =>
      badSafetensors(this.file, 'the file ended while it was read', { expected, found }),
    );
  }
}
