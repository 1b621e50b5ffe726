import { addAttributes, type Attributes } from './attribute.js';
import { ProtobufMessage } from './protobuf.js';

/** One output of a node, `name:index`. */
export type Source = string;

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Source[];
  /** Names of nodes that run first, without giving a value. */
  readonly after: readonly string[];
  readonly attributes: Attributes;
}

/** NodeDef (node_def.proto) */
export function nodeMessage({ name, op, inputs, after, attributes }: GraphNode): ProtobufMessage {
  const message = new ProtobufMessage().string(1, name).string(2, op);
  for (const input of inputs) message.string(3, input);
  for (const node of new Set(after)) message.string(3, `^${node}`);
  addAttributes(message, 5, attributes);
  return message;
}
