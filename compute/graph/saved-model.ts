import type { Graph } from './graph.js';
import { nodeMessage } from './node.js';
import { ProtobufMessage } from './protobuf.js';

/** The tag under which the one graph of the file is found. */
export const GRAPH_TAG = 'serve';

/** TF_GRAPH_DEF_VERSION of the oldest TensorFlow that is meant to read these, 2.17. */
const PRODUCER = 1882;

/** saved_model.pb (saved_model.proto, meta_graph.proto, graph.proto) without signatures: nodes are run by name. */
export function savedModelBytes(graph: Graph): Buffer {
  const definition = new ProtobufMessage();
  for (const node of graph.nodes) definition.message(1, nodeMessage(node));
  const library = new ProtobufMessage();
  for (const encoded of graph.functions.values()) library.bytes(1, encoded);
  definition.message(2, library);
  definition.message(4, new ProtobufMessage().integer(1, PRODUCER));
  const info = new ProtobufMessage().string(4, GRAPH_TAG);
  const metaGraph = new ProtobufMessage().message(1, info).message(2, definition);
  return new ProtobufMessage().integer(1, 1).message(2, metaGraph).toBytes();
}
