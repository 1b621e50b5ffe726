import { attribute } from './attribute.js';
import { DataType } from './data-type.js';
import type { Graph } from './graph.js';
import type { Source } from './node.js';

/*
 * On a GPU TensorFlow takes integers of 32 bits for sizes and axes: its kernels that only hand them on have them in the host's memory,
 * and a variable of them lives there (resource_variable_ops.cc, identity_op.cc). What is packed in words would cross over in each run.
 * So it is float32 where it lies and where it is handed on, bit for bit: `Bitcast` gives out the memory of its input.
 */

/** int32 → float32 of the same bits. */
export function wordsAsFloats(graph: Graph, words: Source, name: string): Source {
  return bitcast(graph, words, name, DataType.int32, DataType.float32);
}

/** float32 → int32 of the same bits. */
export function floatsAsWords(graph: Graph, floats: Source, name: string): Source {
  return bitcast(graph, floats, name, DataType.float32, DataType.int32);
}

function bitcast(graph: Graph, source: Source, name: string, from: number, to: number): Source {
  return `${graph.add('Bitcast', [source], { T: attribute.type(from), type: attribute.type(to) }, { name })}:0`;
}
