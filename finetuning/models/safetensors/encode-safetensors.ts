export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Values in the file begin at a multiple of this, as the reference implementation writes them. */
const ALIGNMENT = 8;

/**
 * The bytes of a safetensors file of float32 tensors. The same tensors always make the same bytes: names are sorted.
 *
 * @param metadata strings for the header, such as `{ format: 'pt' }`, which some readers insist on
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NamedTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = Object.keys(tensors).sort();
  const header: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name] as NamedTensor;
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    if (elements !== data.length)
      throw new RangeError(`${name}: ${data.length} values do not fill [${shape.join(', ')}]`);
    header.push([
      name,
      { dtype: 'F32', shape: [...shape], data_offsets: [offset, offset + data.byteLength] },
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
    const { data } = tensors[name] as NamedTensor;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
