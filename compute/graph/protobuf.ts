/**
 * The wire format of protocol buffers, as far as TensorFlow's graphs need it. Fields are written in the order of the
 * calls, so that equal graphs are equal bytes. https://protobuf.dev/programming-guides/encoding/
 */
const WIRE = { varint: 0, bytes: 2, fixed32: 5 } as const;

/** @param value a whole number; negative ones take the ten bytes of their 64-bit two's complement */
function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function tag(field: number, wire: number): Buffer {
  return varint((field << 3) | wire);
}

/** A message in the making. Parts are kept as they are and joined once. */
export class ProtobufMessage {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  #push(...parts: Uint8Array[]): this {
    for (const part of parts) {
      this.#parts.push(part);
      this.#length += part.byteLength;
    }
    return this;
  }

  integer(field: number, value: number | bigint): this {
    return this.#push(tag(field, WIRE.varint), varint(value));
  }

  float(field: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return this.#push(tag(field, WIRE.fixed32), bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#push(tag(field, WIRE.bytes), varint(value.byteLength), value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  message(field: number, value: ProtobufMessage): this {
    this.#push(tag(field, WIRE.bytes), varint(value.#length));
    // One by one: a graph has more parts than a call may have arguments.
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  /** Numbers of one field, packed. */
  integers(field: number, values: readonly number[]): this {
    return this.bytes(field, Buffer.concat(values.map(varint)));
  }

  toBytes(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }
}
