import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileProgram, type Program, type TensorData } from '../../compute/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { readAdapterHub } from '../methods/adapter/read-adapterhub.js';
import { isAdapterHubFolder } from '../methods/adapter/read-config.js';
import { fullMethod } from '../methods/full.js';
import { readAdapter } from '../methods/lora/adapter-folder.js';
import type { Method } from '../methods/method.js';
import { isOverNf4 } from '../methods/nf4/quantization-config.js';
import { qloraMethod } from '../methods/qlora.js';
import { EncodedTexts } from '../text/encoded-texts.js';
import { lengthBuckets } from '../text/length-buckets.js';
import { padBatch, textFeeds } from '../text/padded-batch.js';
import { predictionBatches, widthsOf } from '../text/prediction-batches.js';
import type { TextInput } from '../data/index.js';
import { TextTokenizer } from '../text/text-tokenizer.js';
import { encodedWeights } from './encoded-weights.js';
import { inferenceProgram } from './inference-program.js';
import type { Network } from './network.js';
import { readNetwork, readWeights } from './read-network.js';

export interface OpenClassifierOptions {
  /** The pretrained model's files: see `resolvePretrained`. */
  readonly baseModelDir: string;
  /** What `finetune` wrote as best_model: an adapter over the base model, or a whole model. Absent: the base model. */
  readonly adapterDir?: string;
  /** The classes, in the order of the logits. */
  readonly labels: readonly string[];
  /** Of the base model's new head: the one that training with this seed starts from. */
  readonly seed: number;
}

export interface OpenedClassifier {
  readonly labels: readonly string[];
  /**
   * @param texts or pairs of texts
   * @returns logits, [texts, labels] row-major
   */
  predict(
    texts: readonly TextInput[],
    options?: { readonly batchSize?: number; readonly onProgress?: (done: number, total: number) => void },
  ): Float32Array;
  dispose(): void;
}

/** @throws DiagnosticError `bad-safetensors`, `missing-weights`, `bad-adapter` and others of bad model folders */
export async function openClassifier(options: OpenClassifierOptions): Promise<OpenedClassifier> {
  const { baseModelDir, labels } = options;
  const network = readNetwork(baseModelDir, labels);
  const { method, values } = readParameters(network, options);
  const tokenizer = new TextTokenizer(baseModelDir);
  const maxLength = network.maxWidth;
  const buckets = lengthBuckets(maxLength);
  let open:
    | {
        readonly program: Program;
        readonly rows: number;
        readonly widths: readonly number[];
        readonly pairs: boolean;
      }
    | undefined;

  /** A program is made for the widths that occur; one that lacks a width gives way to one that has it too. */
  const programFor = (rows: number, widths: readonly number[], pairs: boolean): Program => {
    const known = open?.rows === rows && open.pairs === pairs ? open.widths : [];
    if (open && known.length > 0 && widths.every((width) => known.includes(width))) return open.program;
    open?.program.dispose();
    const all = [...new Set([...known, ...widths])];
    const fed = pairs ? readNetwork(baseModelDir, labels, { pairs }) : network;
    const program = compileProgram(inferenceProgram(fed, method, rows, all));
    program.assign(values);
    open = { program, rows, widths: all, pairs };
    return program;
  };

  return {
    labels,
    predict(texts, { batchSize = 32, onProgress } = {}) {
      const encoded = EncodedTexts.encode(tokenizer, texts, maxLength);
      const batches = predictionBatches(encoded, batchSize);
      const program = programFor(batchSize, widthsOf(batches, encoded, buckets), encoded.hasPairs);
      const logits = new Float32Array(texts.length * labels.length);
      let done = 0;
      for (const batch of batches) {
        const padded = padBatch(encoded, batch, batchSize, buckets, tokenizer.padId);
        const result = program.run(`predict/${padded.width}`, textFeeds(padded)).logits as Float32Array;
        batch.forEach((text, row) =>
          logits.set(result.subarray(row * labels.length, (row + 1) * labels.length), text * labels.length),
        );
        done += batch.length;
        onProgress?.(done, texts.length);
      }
      return logits;
    },
    dispose() {
      open?.program.dispose();
      open = undefined;
    },
  };
}

export interface Parameters {
  readonly method: Method;
  readonly values: Readonly<Record<string, TensorData>>;
  /** Of an adapter, the variables that are its own: all others are the base model's. */
  readonly trained?: readonly string[];
}

/** The base model's values; over them an adapter's; or a whole finetuned model's in their place. */
export function readParameters(
  network: Network,
  options: Pick<OpenClassifierOptions, 'baseModelDir' | 'adapterDir' | 'seed'>,
): Parameters {
  const { baseModelDir, adapterDir, seed } = options;
  const whole = (folder: string, method: Method, trained?: Parameters['values']): Parameters['values'] => {
    const weights = readWeights(network, folder, seed);
    try {
      if (trained) checkTrained(adapterDir as string, weights.created, trained);
      return Object.assign({}, ...encodedWeights(weights, method, seed), trained) as Parameters['values'];
    } finally {
      weights.close();
    }
  };
  const full = fullMethod(network.shapes);
  if (adapterDir === undefined) return { method: full, values: whole(baseModelDir, full) };
  if (!existsSync(join(adapterDir, 'adapter_config.json')))
    return { method: full, values: whole(adapterDir, full) };
  const adapter = (isAdapterHubFolder(adapterDir) ? readAdapterHub : readAdapter)(adapterDir, network);
  const method = isOverNf4(adapterDir) ? qloraMethod(network, adapter.method) : adapter.method;
  return {
    method,
    values: whole(baseModelDir, method, adapter.values),
    trained: Object.keys(adapter.values),
  };
}

/** @throws DiagnosticError `missing-weights` where some would be neither pretrained nor trained */
function checkTrained(
  adapterDir: string,
  created: readonly string[],
  trained: Readonly<Record<string, unknown>>,
): void {
  const missing = created.filter((name) => !(name in trained));
  if (missing.length === 0) return;
  throw new DiagnosticError('missing-weights', {
    message: `neither the base model nor the adapter has ${missing.join(', ')}`,
    at: { file: adapterDir },
    fix: 'take an adapter that was saved with its head, and the labels that it was trained with',
  });
}
