import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType } from '../graph/data-type.js';
import type { Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import { GRAPH_TAG, savedModelBytes } from '../graph/saved-model.js';
import { backend, type HostValues } from '../native/backend.js';
import type { DType, TensorData } from '../types.js';

export interface Feed {
  /** The placeholder. */
  readonly source: Source;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: TensorData;
}

/**
 * A graph that TensorFlow has loaded, with its variables. Each distinct set of feeds and fetches costs an executor that is
 * kept until the session closes, so callers keep to a few.
 */
export class Session {
  readonly #id: number;
  #open = true;

  constructor(graph: Graph) {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), savedModelBytes(graph));
      this.#id = backend.binding.loadSavedModel(folder, GRAPH_TAG);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Blocks until done. @returns a copy of each fetched value, in order */
  run(feeds: readonly Feed[], fetches: readonly Source[]): HostValues[] {
    if (!this.#open) throw new Error('this program has been disposed of');
    const { binding } = backend;
    const inputs: number[] = [];
    let outputs: readonly { id: number }[] = [];
    try {
      for (const { dtype, shape, values } of feeds)
        inputs.push(binding.createTensor(shape, DataType[dtype], values));
      const names = feeds.map(({ source }) => source).join();
      outputs = binding.runSavedModel(this.#id, inputs, names, fetches.join());
      return outputs.map(({ id }) => binding.tensorDataSync(id));
    } finally {
      for (const id of inputs) binding.deleteTensor(id);
      for (const { id } of outputs) binding.deleteTensor(id);
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    backend.binding.deleteSavedModel(this.#id);
  }
}
