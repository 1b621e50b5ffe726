import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorData } from '../../compute/index.js';
import type { FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { fullMethod } from '../methods/full.js';
import { readAdapter } from '../methods/lora/adapter-folder.js';
import { mergedWeights } from '../methods/lora/merged-weights.js';
import type { Method } from '../methods/method.js';
import { isOverNf4 } from '../methods/nf4/quantization-config.js';
import { qloraMethod } from '../methods/qlora.js';
import { PREPROCESSOR_FILE } from '../images/preprocessing.js';
import { fullFormat } from '../methods/saved-format.js';
import { encodedWeights } from '../models/encoded-weights.js';
import type { Network } from '../models/network.js';
import { readNetwork, readWeights } from '../models/read-network.js';
import { writeFolder, type FolderContents } from '../training/durable-folder.js';
import { modelFolder } from '../training/model-folder.js';
import { toJson } from '../training/training-state.js';
import { measureDrift, type Drift } from './drift.js';
import { labelsOf, problemOfAdapter } from './labels-of.js';
import { probesOf, randomProbes } from './probes.js';

export interface MergeOptions {
  /** LoRA in PEFT's format: what `finetune` wrote as best_model, or PEFT. */
  readonly adapterDir: string;
  /** The pretrained model's files: see `resolvePretrained`. */
  readonly baseModelDir: string;
  /** Gets the whole model, as `save_pretrained` writes it, and merge.json. */
  readonly outputDir: string;
  /** What the drift is measured on, and how its rows are read. Absent: random inputs. */
  readonly data?: { readonly file: string; readonly config: FinetuningConfig };
}

export interface MergeResult extends Drift {
  readonly inputs: string;
}

/** What a merge leaves beside the model. */
const RECORD = 'merge.json';

/**
 * Works an adapter into its base, and measures what that does to the logits: they come from other sums, rounded otherwise.
 * A base in four bits comes out in float32, with the values that it had for the adapter.
 *
 * @throws DiagnosticError `output-exists`, and for what is wrong with the adapter, the base or the data
 */
export async function mergeAdapter(options: MergeOptions): Promise<MergeResult> {
  const { adapterDir, baseModelDir, outputDir, data } = options;
  checkOutput(outputDir);
  const labels = labelsOf(adapterDir, baseModelDir);
  const problem = problemOfAdapter(adapterDir, baseModelDir);
  const network = readNetwork(baseModelDir, labels, { problem });
  const adapter = readAdapter(adapterDir, network);
  const method = isOverNf4(adapterDir) ? qloraMethod(network, adapter.method) : adapter.method;
  const kept = { ...readBase(network, baseModelDir, method), ...adapter.values };
  const base = (name: string): Float32Array =>
    method.stored?.get(name)?.decode(kept) ?? (kept[name] as Float32Array);
  const merged = mergedWeights(network, adapter, base);
  const shapes = [...network.shapes, ...network.buffers];
  const whole = Object.fromEntries(shapes.map(([name]) => [name, merged.get(name) ?? base(name)]));
  const probes = data ? await probesOf(network, baseModelDir, data.file, data.config) : randomProbes(network);
  const drift = measureDrift(
    probes.pairs ? readNetwork(baseModelDir, labels, { problem, pairs: true }) : network,
    { method, values: kept },
    { method: fullMethod(network.shapes), values: whole },
    probes,
  );
  const result = { inputs: probes.description, ...drift };
  const weights = Object.fromEntries(
    shapes.map(([name, shape]) => [name, { shape, data: whole[name] as Float32Array }] as const),
  );
  writeFolder(outputDir, {
    ...modelFolder({
      baseModelDir,
      network,
      format: fullFormat,
      weights,
      // The base's own, of which its file may not say how many batches they have seen.
      batchesSeen: 0,
      companions: companionsOf([adapterDir, baseModelDir]),
    }),
    [RECORD]: toJson(result),
  });
  return result;
}

/** What says how a picture is turned into an input: as the adapter was trained, or as its base was. */
function companionsOf(folders: readonly string[]): FolderContents {
  const found = folders.map((folder) => join(folder, PREPROCESSOR_FILE)).find((path) => existsSync(path));
  return found === undefined ? {} : { [PREPROCESSOR_FILE]: { copyOf: found } };
}

/** In the form in which the adapter was trained over it. */
function readBase(network: Network, folder: string, method: Method): Readonly<Record<string, TensorData>> {
  // The seed is of no matter: a head that the base lacks is the adapter's.
  const weights = readWeights(network, folder, 0);
  try {
    return Object.assign({}, ...encodedWeights(weights, method, 0)) as Record<string, TensorData>;
  } finally {
    weights.close();
  }
}

/** A folder is replaced as a whole: only one that a merge wrote, or an empty one. */
function checkOutput(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, RECORD))) return;
  throw new DiagnosticError('output-exists', {
    message: `${folder} is there already, and no merge has written it`,
    at: { file: folder },
    fix: 'name another folder with --output',
  });
}
