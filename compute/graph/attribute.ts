import { ProtobufMessage } from './protobuf.js';

/** A value of any type, in TensorFlow's own layout. */
export interface TensorValue {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A node's attribute (attr_value.proto). */
export type Attribute =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'types'; readonly value: readonly number[] }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: TensorValue }
  | { readonly kind: 'function'; readonly value: string };

export type Attributes = Readonly<Record<string, Attribute>>;

export const attribute = {
  string: (value: string): Attribute => ({ kind: 'string', value }),
  int: (value: number): Attribute => ({ kind: 'int', value }),
  ints: (value: readonly number[]): Attribute => ({ kind: 'ints', value }),
  float: (value: number): Attribute => ({ kind: 'float', value }),
  bool: (value: boolean): Attribute => ({ kind: 'bool', value }),
  type: (value: number): Attribute => ({ kind: 'type', value }),
  types: (value: readonly number[]): Attribute => ({ kind: 'types', value }),
  shape: (value: readonly number[]): Attribute => ({ kind: 'shape', value }),
  tensor: (value: TensorValue): Attribute => ({ kind: 'tensor', value }),
  /** @param value the function's name */
  function: (value: string): Attribute => ({ kind: 'function', value }),
} as const;

function shapeMessage(shape: readonly number[]): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const size of shape) message.message(2, new ProtobufMessage().integer(1, size));
  return message;
}

function attributeMessage(attribute: Attribute): ProtobufMessage {
  const message = new ProtobufMessage();
  switch (attribute.kind) {
    case 'string':
      return message.string(2, attribute.value);
    case 'int':
      return message.integer(3, attribute.value);
    case 'ints':
      return message.message(1, new ProtobufMessage().integers(3, attribute.value));
    case 'float':
      return message.float(4, attribute.value);
    case 'bool':
      return message.integer(5, attribute.value ? 1 : 0);
    case 'type':
      return message.integer(6, attribute.value);
    case 'types':
      return message.message(1, new ProtobufMessage().integers(6, attribute.value));
    case 'function':
      return message.message(10, new ProtobufMessage().string(1, attribute.value));
    case 'shape':
      return message.message(7, shapeMessage(attribute.value));
    case 'tensor': {
      const { dtype, shape, bytes } = attribute.value;
      const tensor = new ProtobufMessage().integer(1, dtype).message(2, shapeMessage(shape)).bytes(4, bytes);
      return message.message(8, tensor);
    }
  }
}

/** A map<string, AttrValue> field, in the order of the keys. */
export function addAttributes(message: ProtobufMessage, field: number, attributes: Attributes): void {
  for (const key of Object.keys(attributes).sort()) {
    const value = attributeMessage(attributes[key] as Attribute);
    message.message(field, new ProtobufMessage().string(1, key).message(2, value));
  }
}
