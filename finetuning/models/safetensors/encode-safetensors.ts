export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** 64-bit integers, such as torch counts batches with. */
export interface IntegerTensor {
  readonly shape: readonly number[];
  readonly data: BigInt64Array;
}

/** Values in the file begin at a multiple of this, as the reference implementation writes them. */
const ALIGNMENT = 8;

/**
 * The bytes of a safetensors file of float32 tensors, and of integers before them, so that each lies at a multiple of its
 * size. The same tensors always make the same bytes: names are sorted.
 *
 * @param metadata strings for the header, such as `{ format: 'pt' }`, which some readers insist on
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NamedTensor | IntegerTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = Object.keys(tensors).sort();
  const isInteger = (name: string): boolean => tensors[name]?.data instanceof BigInt64Array;
  const names = [...sorted.filter(isInteger), ...sorted.filter((name) => !isInteger(name))];
  const header: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name] as NamedTensor | IntegerTensor;
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    if (elements !== data.length)
      throw new RangeError(`${name}: ${data.length} values do not fill [${shape.join(', ')}]`);
    header.push([
      name,
      {
        dtype: isInteger(name) ? 'I64' : 'F32',
        shape: [...shape],
        data_offsets: [offset, offset + data.byteLength],
      },
    ]);
    offset += data.byteLength;
  }
  let json = Buffer.from(JSON.stringify(Object.fromEntries(header)), 'utf8');
  const padding = (ALIGNMENT - (json.length % ALIGNMENT)) % ALIGNMENT;
  json = Buffer.concat([json, Buffer.alloc(padding, ' ')]);
  const bytes = new Uint8Array(8 + json.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let at = 8 + json.length;
  for (const name of names) {
    const { data } = tensors[name] as NamedTensor | IntegerTensor;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
