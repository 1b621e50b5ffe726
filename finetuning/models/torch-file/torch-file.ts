import { ByteFile } from '../weights/byte-file.js';
import { widen } from '../weights/widen.js';
import { badTorchFile } from './bad-torch-file.js';
import { readArchive, readLegacy } from './containers.js';
import { stateDict } from './state-dict.js';
import { elementsOf, gather, isContiguous, reachOf, type StoredTensor } from './stored-tensor.js';
import type { ZipEntry } from './zip-directory.js';

/**
 * A file of torch.save whose tensors are read one at a time, each straight from its range. No code that the file asks for is
 * run: see `pickle.ts`.
 */
export class TorchFile {
  readonly file: string;
  readonly #bytes: ByteFile;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  readonly #storages: ReadonlyMap<string, ZipEntry>;

  private constructor(bytes: ByteFile) {
    this.#bytes = bytes;
    this.file = bytes.file;
    const { root, storages } = this.#container();
    this.#storages = storages;
    this.#tensors = stateDict(this.file, root);
    for (const [name, { storage }] of this.#tensors) {
      const needed = storage.elements * storage.type.bytes;
      const found = storages.get(storage.key)?.bytes;
      if (found === undefined || found < needed)
        throw badTorchFile(this.file, `the values of ${name} are not in the file`, {
          expected: `${needed} bytes of storage ${storage.key}`,
          found: `${found ?? 0} bytes`,
        });
    }
  }

  /** @throws DiagnosticError `file-missing`, `bad-torch-file`, `unsafe-pickle` */
  static open(path: string, shownAs: string = path): TorchFile {
    const bytes = ByteFile.open(path, shownAs);
    try {
      return new TorchFile(bytes);
    } catch (error) {
      bytes.close();
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#tensor(name).shape;
  }

  /** The values in row-major order, as the nearest float32. */
  readFloat32(name: string): Float32Array {
    const tensor = this.#tensor(name);
    const { storage, offset, shape } = tensor;
    const { numeric, bytes } = storage.type;
    if (!numeric)
      throw badTorchFile(this.file, `${name} has a type that cannot be used as weights`, {
        found: `torch.${storage.type.name}`,
      });
    // An expanded tensor repeats its values: a few bytes could ask for any amount of memory.
    if (elementsOf(shape) > storage.elements)
      throw badTorchFile(this.file, `${name} repeats the values of its storage`, {
        expected: `at most ${storage.elements} elements`,
        found: `[${shape.join(', ')}]`,
      });
    const { begin } = this.#storages.get(storage.key) as ZipEntry;
    const length = (reachOf(tensor) - offset) * bytes;
    const values = widen(
      numeric,
      this.#bytes.read(begin + offset * bytes, length, (expected, found) =>
        badTorchFile(this.file, 'the file ended while it was read', { expected, found }),
      ),
    );
    return isContiguous(tensor) ? values : gather(values, tensor);
  }

  close(): void {
    this.#bytes.close();
  }

  #container(): ReturnType<typeof readArchive> {
    const head = Buffer.from(
      this.#bytes.read(0, Math.min(this.#bytes.bytes, 8), () => badTorchFile(this.file, 'the file is empty')),
    );
    if (head.toString('latin1', 0, 4) === 'PK\u0003\u0004') return readArchive(this.#bytes);
    if (head[0] === 0x80) return readLegacy(this.#bytes);
    throw badTorchFile(this.file, 'the file is not of torch.save', {
      expected: 'a zip archive or a pickle',
      found:
        head.toString() === 'version ' ? 'a pointer of Git LFS: `git lfs pull` brings the file' : JSON.stringify(head.toString('latin1')), // prettier-ignore
    });
  }

  #tensor(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw badTorchFile(this.file, `the file has no tensor named ${name}`);
    return tensor;
  }
}
