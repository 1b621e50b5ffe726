import { deflateRawSync } from 'node:zlib';

interface Options {
  /** Compress the entries: what torch.save never does. */
  readonly deflate?: boolean;
  /** Put sizes and offsets where archives above 4 GiB have them. */
  readonly zip64?: boolean;
  /** What an entry's header says that its size is. */
  readonly claimedBytes?: number;
}

/** A zip archive of the given files, with what may be wrong about one. */
export function archive(files: Readonly<Record<string, Uint8Array>>, options: Options = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    at += part.length;
  };
  for (const [name, content] of Object.entries(files)) {
    const stored = options.deflate ? deflateRawSync(content) : Buffer.from(content);
    const method = options.deflate ? 8 : 0;
    const path = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(path.length, 26);
    const size = options.claimedBytes ?? content.length;
    const packed = options.deflate ? stored.length : size;
    const extra = Buffer.alloc(options.zip64 ? 28 : 0);
    if (options.zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      [size, packed, at].forEach((value, index) => extra.writeBigUInt64LE(BigInt(value), 4 + index * 8));
    }
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    [packed, size].forEach((value, index) => entry.writeUInt32LE(options.zip64 ? 0xffffffff : value, 20 + index * 4)); // prettier-ignore
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(options.zip64 ? 0xffffffff : at, 42);
    directory.push(entry, path, extra);
    add(local);
    add(path);
    add(stored);
  }
  const start = at;
  for (const part of directory) add(part);
  const bytes = at - start;
  if (options.zip64) {
    const end64 = Buffer.alloc(56);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeBigUInt64LE(BigInt(bytes), 40);
    end64.writeBigUInt64LE(BigInt(start), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(at), 8);
    add(end64);
    add(locator);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(options.zip64 ? 0xffffffff : bytes, 12);
  end.writeUInt32LE(options.zip64 ? 0xffffffff : start, 16);
  add(end);
  return Buffer.concat(parts);
}

/** Pickles by hand: each operation as the bytes that it is. */
export const op = {
  proto: Buffer.from([0x80, 2]),
  mark: Buffer.from('('),
  stop: Buffer.from('.'),
  reduce: Buffer.from('R'),
  persistent: Buffer.from('Q'),
  emptyTuple: Buffer.from(')'),
  emptyDict: Buffer.from('}'),
  tuple: Buffer.from('t'),
  setItem: Buffer.from('s'),
  newFalse: Buffer.from([0x89]),
  global: (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`),
  text(value: string): Buffer {
    const bytes = Buffer.from(value);
    const head = Buffer.from([0x58, 0, 0, 0, 0]);
    head.writeUInt32LE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  },
  /** LONG1 of eight bytes. */
  integer(value: number): Buffer {
    const bytes = Buffer.alloc(10);
    bytes.set([0x8a, 8]);
    bytes.writeBigInt64LE(BigInt(value), 2);
    return bytes;
  },
};

/** `{'weight': a tensor}` as torch.save writes it, with any sizes. */
export function tensorPickle(tensor: {
  readonly elements?: number;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
  readonly key?: string;
  readonly storage?: string;
}): Buffer {
  const {
    elements = 4,
    offset = 0,
    shape = [4],
    strides = [1],
    key = '0',
    storage = 'FloatStorage',
  } = tensor;
  const tuple = (...items: readonly Buffer[]): Buffer => Buffer.concat([op.mark, ...items, op.tuple]);
  return Buffer.concat([
    op.proto,
    op.emptyDict,
    op.text('weight'),
    op.global('torch._utils', '_rebuild_tensor_v2'),
    tuple(
      tuple(op.text('storage'), op.global('torch', storage), op.text(key), op.text('cpu'), op.integer(elements)), // prettier-ignore
      op.persistent,
      op.integer(offset),
      tuple(...shape.map(op.integer)),
      tuple(...strides.map(op.integer)),
      op.newFalse,
      op.global('collections', 'OrderedDict'),
      op.emptyTuple,
      op.reduce,
    ),
    op.reduce,
    op.setItem,
    op.stop,
  ]);
}
