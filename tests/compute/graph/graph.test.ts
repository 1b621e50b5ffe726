import { attribute } from '../../../compute/graph/attribute.js';
import { DataType } from '../../../compute/graph/data-type.js';
import { bytesOf, Graph } from '../../../compute/graph/graph.js';
import { ProtobufMessage } from '../../../compute/graph/protobuf.js';
import { savedModelBytes } from '../../../compute/graph/saved-model.js';

const floats = (...values: number[]): Uint8Array => bytesOf(Float32Array.from(values));

describe('protocol buffers', () => {
  it('are written as the encoding guide shows', () => {
    const hex = (message: ProtobufMessage): string => message.toBytes().toString('hex');
    expect(hex(new ProtobufMessage().integer(1, 150))).toBe('089601');
    expect(hex(new ProtobufMessage().string(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(new ProtobufMessage().message(3, new ProtobufMessage().integer(1, 150)))).toBe('1a03089601');
    expect(hex(new ProtobufMessage().integers(6, [3, 270, 86942]))).toBe('3206038e029ea705');
    expect(hex(new ProtobufMessage().integer(1, -2))).toBe('08feffffffffffffffff01');
    expect(hex(new ProtobufMessage().float(4, 1))).toBe('250000803f');
  });
});

describe('a graph', () => {
  it('has one node for equal constants', () => {
    const graph = new Graph();
    const source = graph.constant(DataType.float32, [2], floats(1, 2));
    expect(graph.constant(DataType.float32, [2], floats(1, 2))).toBe(source);
    expect(graph.constant(DataType.float32, [1, 2], floats(1, 2))).not.toBe(source);
    expect(graph.constant(DataType.float32, [2], floats(1, 3))).not.toBe(source);
    expect(graph.nodes).toHaveLength(3);
  });

  it('keeps the value of a constant whose array is changed afterwards', () => {
    const [graph, same] = [new Graph(), new Graph()];
    const values = Float32Array.of(1, 2);
    graph.constant(DataType.float32, [2], bytesOf(values));
    values[0] = 9;
    same.constant(DataType.float32, [2], floats(1, 2));
    expect(savedModelBytes(graph)).toEqual(savedModelBytes(same));
  });

  it('writes large uniform constants as a Fill', () => {
    const graph = new Graph();
    const size = 1 << 20;
    graph.constant(DataType.float32, [size], new Uint8Array(4 * size));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Const', 'Const', 'Fill']);
    expect(savedModelBytes(graph).byteLength).toBeLessThan(1000);
    const almost = new Uint8Array(4 * size);
    almost[almost.length - 1] = 1;
    graph.constant(DataType.float32, [size], almost);
    expect(graph.nodes.at(-1)?.op).toBe('Const');
  });

  it('gives names that TensorFlow allows, each once', () => {
    const graph = new Graph();
    const names = ['a b', 'a b', 'a_b', '_a', 'a_b_1'].map((name) => graph.add('NoOp', [], {}, { name }));
    expect(new Set(names).size).toBe(5);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$/);
  });

  it('is the same bytes for the same nodes, whatever the order of their attributes', () => {
    const bytes = (attributes: Parameters<Graph['add']>[2]): Buffer => {
      const graph = new Graph();
      graph.add('Cast', [], attributes);
      return savedModelBytes(graph);
    };
    const [from, to] = [attribute.type(DataType.float32), attribute.type(DataType.int32)];
    expect(bytes({ SrcT: from, DstT: to })).toEqual(bytes({ DstT: to, SrcT: from }));
  });
});
