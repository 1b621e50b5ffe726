import { createHash } from 'node:crypto';
import { addAttributes, attribute } from './attribute.js';
import type { Graph } from './graph.js';
import { nodeMessage, type Source } from './node.js';
import { ProtobufMessage } from './protobuf.js';

/** A graph of its own, with arguments and results, that TensorFlow compiles as one (function.proto). */
export interface FunctionDefinition {
  readonly body: Graph;
  /** The types of `argument_0`, `argument_1`, …, which the body's nodes take as inputs by these names. */
  readonly argumentTypes: readonly number[];
  readonly results: readonly { readonly source: Source; readonly dtype: number }[];
}

/** Inside of a function an output goes by its argument's name in the operation's definition. */
const OUTPUT_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    z:
      'Add AddV2 Sub Mul RealDiv Maximum Minimum SquaredDifference Pow Less LessEqual Greater GreaterEqual Equal NotEqual ' +
      'BitwiseAnd BitwiseXor RightShift',
    y: 'Abs Cast Erf Exp Log Neg Reciprocal Rsqrt Sigmoid Sqrt Square Tanh ZerosLike OnesLike Transpose',
    output:
      'BroadcastTo ConcatV2 Const Fill GatherV2 Identity Max Mean Min Range Reshape Select SelectV2 Slice Sum Tile',
    activations: 'Relu',
    softmax: 'Softmax',
  }).flatMap(([output, operations]) => operations.split(' ').map((op) => [op, output])),
);

/** @returns whether an operation may stand in a function */
export const fusible = (op: string): boolean => Object.hasOwn(OUTPUT_NAMES, op);

export const argumentName = (index: number): Source => `argument_${index}`;

/** Adds the function to `graph`, under a name made from its content. @returns the name */
export function addFunction(graph: Graph, definition: FunctionDefinition): string {
  const content = encode(definition, 'fused').toBytes();
  const name = `fused_${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  if (!graph.functions.has(name)) graph.functions.set(name, encode(definition, name).toBytes());
  return name;
}

function encode({ body, argumentTypes, results }: FunctionDefinition, name: string): ProtobufMessage {
  const operations = new Map(body.nodes.map((node) => [node.name, node.op]));
  const inner = (source: Source): string => {
    const [node, output] = source.split(':') as [string, string | undefined];
    return output === undefined ? node : `${node}:${OUTPUT_NAMES[operations.get(node) as string]}:${output}`;
  };
  const argument = (argumentName: string, dtype: number): ProtobufMessage =>
    new ProtobufMessage().string(1, argumentName).integer(3, dtype);

  const signature = new ProtobufMessage().string(1, name);
  argumentTypes.forEach((dtype, index) => signature.message(2, argument(argumentName(index), dtype)));
  results.forEach(({ dtype }, index) => signature.message(3, argument(`result_${index}`, dtype)));
  const message = new ProtobufMessage().message(1, signature);
  for (const node of body.nodes) message.message(3, nodeMessage({ ...node, inputs: node.inputs.map(inner) }));
  results.forEach(({ source }, index) => {
    const entry = new ProtobufMessage().string(1, `result_${index}`).string(2, inner(source));
    message.message(4, entry);
  });
  addAttributes(message, 5, { _XlaMustCompile: attribute.bool(true), _noinline: attribute.bool(true) });
  return message;
}
