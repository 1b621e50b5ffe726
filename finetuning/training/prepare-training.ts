import { join } from 'node:path';
import { compileProgram, type Program } from '../../compute/index.js';
import type { FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { createMethod } from '../methods/create-method.js';
import type { Method } from '../methods/method.js';
import type { SavedFormat } from '../methods/saved-format.js';
import { readNetwork, type Network } from '../models/network.js';
import { EncodedTexts } from '../text/encoded-texts.js';
import { lengthBuckets } from '../text/length-buckets.js';
import { predictionBatches, widthsOf } from '../text/prediction-batches.js';
import { TextTokenizer } from '../text/text-tokenizer.js';
import type { AdamWSettings } from './adamw.js';
import { DataOrder } from './data-order.js';
import { fingerprint, modelDigest } from './fingerprint.js';
import { labelIndices, labelSet, readLabelledTexts, type LabelledTexts } from './labelled-texts.js';
import { trainingProgram } from './training-program.js';
import { TrainingSession } from './training-session.js';

/** Everything a training needs before its first step, except the values of its weights. */
export interface PreparedTraining {
  /** Of all inputs: see `fingerprint`. */
  readonly key: string;
  readonly labels: readonly string[];
  readonly network: Network;
  readonly method: Method;
  readonly format: SavedFormat;
  readonly train: LabelledTexts;
  readonly validation: LabelledTexts;
  readonly order: DataOrder;
  /** Updates in all. */
  readonly total: number;
  readonly program: Program;
  readonly session: TrainingSession;
}

export async function prepareTraining(options: {
  readonly config: FinetuningConfig;
  readonly trainFile: string;
  readonly valFile: string;
  readonly modelDir: string;
}): Promise<PreparedTraining> {
  const { config, modelDir } = options;
  const train = await readLabelledTexts(options.trainFile);
  const validation = await readLabelledTexts(options.valFile);
  const labels = labelSet(train);
  const model = await modelDigest(modelDir);
  const key = fingerprint({ config, model, train: train.md5, validation: validation.md5 });
  const network = readNetwork(modelDir, labels, config.dropout);
  const { method, format } = createMethod(config, network.shapes);

  const tokenizer = new TextTokenizer(modelDir);
  const maxLength = Math.min(config.max_length, network.config.max_position_embeddings);
  const encode = (rows: LabelledTexts): { texts: EncodedTexts; labels: Int32Array } => {
    const texts = EncodedTexts.encode(tokenizer, rows.texts, maxLength);
    checkVocabulary(texts, network.config.vocab_size, modelDir);
    return { texts, labels: labelIndices(rows, labels) };
  };
  const [trainRows, validationRows] = [encode(train), encode(validation)];
  const accumulation = config.gradient_accumulation_steps;
  const order = new DataOrder(
    {
      rows: trainRows.labels.length,
      batchSize: config.batch_size,
      seed: config.seed,
      groupByLength: config.group_by_length,
      length: (row) => trainRows.texts.length(row),
    },
    accumulation,
  );
  const total = Math.min(config.max_steps ?? Infinity, config.num_epochs * order.stepsPerEpoch);

  const buckets = lengthBuckets(maxLength);
  const optimizer: AdamWSettings = {
    beta1: config.adam_beta1,
    beta2: config.adam_beta2,
    epsilon: config.adam_epsilon,
    weightDecay: config.weight_decay,
  };
  const validationBatches = predictionBatches(validationRows.texts, config.eval_batch_size);
  const program = compileProgram(
    trainingProgram({
      network,
      method,
      optimizer,
      maxGradNorm: config.max_grad_norm,
      trainRows: config.batch_size,
      evalRows: config.eval_batch_size,
      trainWidths: widthsOf(allBatches(order, total), trainRows.texts, buckets),
      evalWidths: widthsOf(validationBatches, validationRows.texts, buckets),
      accumulates: accumulation > 1,
    }),
  );
  const parameters = new Map([...network.shapes, ...method.added]);
  const session = new TrainingSession({
    program,
    trainable: new Map(method.trainable.map((name) => [name, parameters.get(name) as readonly number[]])),
    classes: labels.length,
    optimizer,
    seed: config.seed,
    trainRows: config.batch_size,
    evalRows: config.eval_batch_size,
    accumulation,
    buckets,
    padId: tokenizer.padId,
    train: trainRows,
    validation: validationRows,
  });
  return { key, labels, network, method, format, train, validation, order, total, program, session };
}

/** An id beyond the embeddings would be read from someone else's memory, or end the process. */
function checkVocabulary(texts: EncodedTexts, vocabulary: number, modelDir: string): void {
  const largest = texts.largestId();
  if (largest < vocabulary) return;
  throw new DiagnosticError('bad-tokenizer', {
    message: 'the tokenizer makes ids that the model has no embedding for',
    at: { file: join(modelDir, 'tokenizer.json') },
    expected: `ids below ${vocabulary} (vocab_size in config.json)`,
    found: `id ${largest}`,
    fix: 'take the tokenizer and the weights from the same model',
  });
}

function* allBatches(order: DataOrder, total: number): Generator<Int32Array> {
  for (let step = 0; step < total; step++) yield* order.batchesOf(step);
}
