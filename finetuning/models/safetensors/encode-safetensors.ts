export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** 64-bit integers, such as torch counts batches with. */
export interface IntegerTensor {
  readonly dtype: 'I64';
  readonly shape: readonly number[];
  readonly data: BigInt64Array;
}

type Tensors = Readonly<Record<string, NamedTensor | IntegerTensor>>;

/** Values in the file begin at a multiple of this, as the reference implementation writes them. */
const ALIGNMENT = 8;

/**
 * The bytes of a safetensors file of float32 tensors, and of integers before them, so that each lies at a multiple of its
 * size. The same tensors always make the same bytes: names are sorted. Part by part: a tensor's values are asked for when
 * their turn comes, once.
 *
 * @param metadata strings for the header, such as `{ format: 'pt' }`, which some readers insist on
 */
export function* safetensorsParts(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const sorted = Object.keys(tensors).sort();
  const isInteger = (name: string): boolean => 'dtype' in (tensors[name] as NamedTensor | IntegerTensor);
  const names = [...sorted.filter(isInteger), ...sorted.filter((name) => !isInteger(name))];
  const entries: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const name of names) {
    const { shape } = tensors[name] as NamedTensor | IntegerTensor;
    const end = offset + elements(shape) * (isInteger(name) ? 8 : 4);
    const dtype = isInteger(name) ? 'I64' : 'F32';
    entries.push([name, { dtype, shape: [...shape], data_offsets: [offset, end] }]);
    offset = end;
  }
  yield header(entries);
  for (const name of names) {
    const { shape, data } = tensors[name] as NamedTensor | IntegerTensor;
    if (elements(shape) !== data.length)
      throw new RangeError(`${name}: ${data.length} values do not fill [${shape.join(', ')}]`);
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

/** The same in one piece. */
export function encodeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts = [...safetensorsParts(tensors, metadata)];
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

const elements = (shape: readonly number[]): number =>
  shape.reduce((product, dimension) => product * dimension, 1);

/** Its length in eight bytes, and the entries in JSON, filled up with spaces. */
function header(entries: readonly [string, unknown][]): Uint8Array {
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)), 'utf8');
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + length).fill(' '.charCodeAt(0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
