import type { ByteFile } from '../weights/byte-file.js';
import { badTorchFile, unsafePickle } from './bad-torch-file.js';
import { unpickle } from './pickle.js';
import { torchWorld } from './torch-world.js';
import { readZipDirectory, type ZipEntry } from './zip-directory.js';

/** A file of torch.save: the object that was saved, and where its storages' bytes lie. */
export interface TorchContainer {
  readonly root: unknown;
  readonly storages: ReadonlyMap<string, ZipEntry>;
}

/** The description of ten thousand tensors takes 3 MB. */
const MAX_PICKLE_BYTES = 64 * 2 ** 20;

/** A zip archive: since PyTorch 1.6. */
export function readArchive(source: ByteFile): TorchContainer {
  const { file } = source;
  const entries = readZipDirectory(source);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const folder = pickles[0]?.slice(0, -'data.pkl'.length);
  if (folder === undefined || pickles.length > 1)
    throw badTorchFile(file, 'the archive is not of torch.save', { expected: 'one data.pkl', found: `${pickles.length} of ${entries.size} files` }); // prettier-ignore
  if (entries.has(`${folder}constants.pkl`))
    throw unsafePickle(file, 'the file is a program of TorchScript', `${folder}constants.pkl`);
  const packed = [...entries].find(([name, { compressed }]) => name.startsWith(folder) && compressed);
  if (packed)
    throw badTorchFile(file, `the archive's entry ${packed[0]} is compressed`, { expected: 'stored, as torch.save does' }); // prettier-ignore
  const bytesOf = (name: string, limit: number): Buffer => {
    const { begin, bytes } = entries.get(folder + name) as ZipEntry;
    if (bytes > limit) throw badTorchFile(file, `${name} is too large`, { expected: `at most ${limit} bytes`, found: `${bytes} bytes` }); // prettier-ignore
    return Buffer.from(source.read(begin, bytes, truncated(file)));
  };
  if (entries.has(`${folder}byteorder`) && bytesOf('byteorder', 16).toString() !== 'little')
    throw badTorchFile(file, 'the file was written on a big-endian machine', { expected: 'little' });
  const { value } = unpickle(file, bytesOf('data.pkl', MAX_PICKLE_BYTES), 0, torchWorld(file));
  const storages = [...entries]
    .filter(([name]) => name.startsWith(`${folder}data/`))
    .map(([name, entry]) => [name.slice(`${folder}data/`.length), entry] as const);
  return { root: value, storages: new Map(storages) };
}

/** What a file before PyTorch 1.6 begins with. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * Four pickles (a magic number, a version, the writer's machine, the object), a pickle of the storages' keys, and each storage as
 * a count of its elements and their bytes. Older files of the hub are such.
 *
 * Source: `_legacy_save` in torch/serialization.py.
 */
export function readLegacy(source: ByteFile): TorchContainer {
  const { file } = source;
  const head = new Uint8Array(source.read(0, Math.min(source.bytes, MAX_PICKLE_BYTES), truncated(file)));
  const world = torchWorld(file);
  let at = 0;
  const next = (): unknown => {
    const { value, end } = unpickle(file, head, at, world);
    at = end;
    return value;
  };
  if (next() !== MAGIC) throw badTorchFile(file, 'the file is a pickle, and not of torch.save');
  const version = next();
  if (version !== PROTOCOL) throw badTorchFile(file, 'the file has an unknown version', { expected: String(PROTOCOL), found: String(version) }); // prettier-ignore
  const machine = next();
  if (machine instanceof Map && machine.get('little_endian') === false)
    throw badTorchFile(file, 'the file was written on a big-endian machine');
  const root = next();
  const keys = next();
  const storages = new Map<string, ZipEntry>();
  for (const key of Array.isArray(keys) ? (keys as unknown[]) : []) {
    const storage = world.storages.get(String(key));
    if (!storage || storages.has(storage.key))
      throw badTorchFile(file, `the file has a storage that nothing names: ${String(key)}`);
    const elements = Number(Buffer.from(source.read(at, 8, truncated(file))).readBigInt64LE());
    const bytes = elements * storage.type.bytes;
    if (elements !== storage.elements || bytes > source.bytes - at - 8)
      throw badTorchFile(
        file,
        `storage ${storage.key} is cut off, or not of the size that its tensors need`,
        {
          expected: `${storage.elements} elements`,
          found: `${elements} elements, ${source.bytes - at - 8} bytes to the end of the file`,
        },
      );
    storages.set(storage.key, { begin: at + 8, bytes });
    at += 8 + bytes;
  }
  return { root, storages };
}

function truncated(file: string): (expected: string, found: string) => Error {
  return (expected, found) => badTorchFile(file, 'the file is truncated', { expected, found });
}
