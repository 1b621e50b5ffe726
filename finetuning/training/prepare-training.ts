import { compileProgram, withoutBfloat16, type Program } from '../../compute/index.js';
import type { FinetuningConfig, ProblemType } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import { createMethod } from '../methods/create-method.js';
import type { Method } from '../methods/method.js';
import type { SavedFormat } from '../methods/saved-format.js';
import { startingPoint } from '../methods/starting-point.js';
import type { Network } from '../models/network.js';
import { readNetwork } from '../models/read-network.js';
import { availableMemory, fixedMemory } from '../plan/memory-parts.js';
import { predictionBatches } from '../text/prediction-batches.js';
import { averageOf } from './averages.js';
import { callbackDigests } from './callbacks/load-callbacks.js';
import { checkSettings } from './check-settings.js';
import { DataOrder } from './data-order.js';
import type { Dataset } from './examples/dataset.js';
import { widthsOf, type Examples } from './examples/examples.js';
import { readHead } from './examples/head.js';
import { openDataset } from './examples/open-dataset.js';
import { adapterDigest, fingerprint, modelDigest } from './fingerprint.js';
import { checkGroups, createOptimizer } from './optimizers/create-optimizer.js';
import type { MemoryNeeds } from './out-of-memory.js';
import { movesBuffers, trainingProgram } from './training-program.js';
import { TrainingSession } from './training-session.js';

/** Everything a training needs before its first step, except the values of its weights. */
export interface PreparedTraining {
  /** Of all inputs: see `fingerprint`. */
  readonly key: string;
  readonly network: Network;
  readonly method: Method;
  readonly format: SavedFormat;
  readonly dataset: Dataset;
  readonly train: Examples;
  readonly order: DataOrder;
  /** Updates in all. */
  readonly total: number;
  readonly program: Program;
  readonly session: TrainingSession;
  /** Values to start from in place of the model's and of new ones: those of an adapter that is trained further. */
  readonly start: Readonly<Record<string, Float32Array>>;
  /** Lines of the training file that lie in a row. */
  readonly linesOf: (row: number) => readonly number[];
}

export async function prepareTraining(options: {
  readonly config: FinetuningConfig;
  readonly trainFile: string;
  readonly valFile: string;
  readonly modelDir: string;
  readonly adapterDir?: string;
  readonly projectDir: string;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
  /** Told what it takes, before it takes it. */
  readonly onNeeds?: (needs: MemoryNeeds) => void;
}): Promise<PreparedTraining> {
  const { config, modelDir, adapterDir } = options;
  const head = readHead(modelDir, config);
  checkSettings(config, head.task, options.places);
  checkSmoothing(config, head.problem);
  const dataset = await openDataset(head, options.trainFile, options.valFile, config);
  const network = readNetwork(modelDir, dataset.labels, {
    dropout: config.dropout,
    problem: head.problem,
    pairs: dataset.pairs === true,
  });
  const { method, format } = createMethod(config, network);
  const start = startingPoint(config, network, adapterDir);
  const model = await modelDigest(modelDir);
  const key = fingerprint({
    config,
    model,
    train: dataset.train.md5,
    validation: dataset.validation.md5,
    ...(adapterDir === undefined ? {} : { adapter: await adapterDigest(adapterDir) }),
    callbacks: callbackDigests(config.callbacks, options.projectDir, options.places),
  });
  const { train, validation } = dataset.encode(
    network,
    modelDir,
    Math.min(config.max_length, network.maxWidth),
  );
  const accumulation = config.gradient_accumulation_steps;
  const order = new DataOrder(
    {
      rows: train.count,
      batchSize: config.batch_size,
      seed: config.seed,
      groupByLength: config.group_by_length,
      length: (row) => train.length(row),
    },
    accumulation,
  );
  const total = Math.min(config.max_steps ?? Infinity, Math.ceil(config.num_epochs * order.stepsPerEpoch));
  checkGroups(config, method.trainable);
  const optimizer = createOptimizer(config, network);
  const exactRows = movesBuffers(network, method);
  const averages = config.ema_decay !== null;
  const definition = trainingProgram({
    network,
    method,
    optimizer,
    maxGradNorm: config.max_grad_norm,
    labelSmoothing: config.label_smoothing_factor,
    noiseAlpha: config.neftune_noise_alpha,
    averages,
    narrows: config.bf16 && withoutBfloat16().length === 0,
    recomputes: config.gradient_checkpointing,
    trainRows: config.batch_size,
    ...(exactRows ? { fewerRows: fewerRows(order, total, config.batch_size) } : {}),
    evalRows: config.eval_batch_size,
    trainWidths: widthsOf(allBatches(order, total), train),
    evalWidths: widthsOf(predictionBatches(validation, config.eval_batch_size), validation),
    accumulates: accumulation > 1,
  });
  const fixed = fixedMemory(network, method, optimizer, config);
  options.onNeeds?.({ ...fixed, available: availableMemory() });
  const shapeOf = (name: string): readonly number[] => definition.variables[name]?.shape ?? [];
  const trainable = method.trainable.map((name) => [name, shapeOf(name)] as const);
  const program = compileProgram(definition);
  const session = new TrainingSession({
    program,
    changing: new Map([...trainable, ...(exactRows ? network.buffers : [])]),
    optimizerState: new Map(
      trainable.flatMap(([name, shape]) => [
        ...optimizer.state(name, shape),
        ...(averages ? [[averageOf(name), shape] as const] : []),
      ]),
    ),
    optimizer,
    averageDecay: config.ema_decay,
    seed: config.seed,
    trainRows: config.batch_size,
    exactRows,
    evalRows: config.eval_batch_size,
    accumulation,
    train,
    validation,
    task: network.task,
  });
  const linesOf = (row: number): number[] =>
    [...(train.sourcesOf?.(row) ?? [row])].map((source) => dataset.train.lines[source] as number);
  return { key, network, method, format, dataset, train, order, total, program, session, start, linesOf };
}

/** @throws DiagnosticError `bad-settings` */
function checkSmoothing({ label_smoothing_factor: factor }: FinetuningConfig, problem: ProblemType): void {
  if (factor === 0 || problem === 'single_label_classification') return;
  throw new DiagnosticError('bad-settings', {
    message: `label_smoothing_factor spreads one label over all, and a model for ${problem} has none such`,
    expected: 'finetuning.label_smoothing_factor: 0',
    found: String(factor),
    fix: 'leave label_smoothing_factor out',
  });
}

function* allBatches(order: DataOrder, total: number): Generator<Int32Array> {
  for (let step = 0; step < total; step++) yield* order.batchesOf(step);
}

/** Sizes of the batches that are not full: of each epoch's last one. */
function fewerRows(order: DataOrder, total: number, full: number): number[] {
  const sizes = new Set<number>();
  for (const batch of allBatches(order, total)) if (batch.length < full) sizes.add(batch.length);
  return [...sizes];
}
