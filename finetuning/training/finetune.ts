import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { devices, withoutBfloat16, type Gpu } from '../../compute/index.js';
import { unusedSettings, type FinetuningConfig } from '../../configs/index.js';
import type { Locator } from '../../diagnostics/index.js';
import { BestModel } from './best-model.js';
import { CallbackList } from './callbacks/callback-list.js';
import type { CheckpointInfo, TrainingCallback } from './callbacks/callback.js';
import { earlyStopping } from './callbacks/early-stopping.js';
import { eventReporter } from './callbacks/event-reporter.js';
import { loadCallbacks } from './callbacks/load-callbacks.js';
import { PREPROCESSOR_FILE, readPreprocessing } from '../images/preprocessing.js';
import type { Network } from '../models/network.js';
import { CheckpointFolder } from './checkpoint.js';
import { requireWritable, writeFolder, type FolderContents } from './durable-folder.js';
import { EpochModels } from './epoch-models.js';
import { explainedByWeights } from './explained-by-weights.js';
import { assignInitialWeights } from './initial-weights.js';
import { modelFolder, renamed } from './model-folder.js';
import { isOutOfMemory, outOfMemory, type MemoryNeeds } from './out-of-memory.js';
import { prepareTraining, type PreparedTraining } from './prepare-training.js';
import { train } from './trainer.js';
import type { OnTrainingEvent } from './training-events.js';
import { initialState, toJson, trainerStateJson, type TrainingState } from './training-state.js';
import type { Tensors } from './weight-files.js';

export interface FinetuneOptions {
  readonly config: FinetuningConfig;
  readonly trainFile: string;
  readonly valFile: string;
  /** Gets `best_model/`, `epoch_N/` if they are kept, and `training.json`. Replaced as a whole when training is done. */
  readonly outputDir: string;
  /** Where checkpoints are kept; or the folder in which this training gets one of its own, removed when it is done. */
  readonly checkpoints: { readonly folder: string } | { readonly under: string };
  /** The pretrained model's files: see `resolvePretrained`. */
  readonly modelDir: string;
  /** An adapter to go on from: see `adapter_name_or_path`. */
  readonly adapterDir?: string;
  /** What `callbacks` are relative to. */
  readonly projectDir: string;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
  readonly onEvent: OnTrainingEvent;
  /** Ends the training after the step that is running, with a checkpoint. */
  readonly signal?: AbortSignal;
}

export interface FinetuneResult {
  readonly status: 'finished' | 'interrupted';
  /** Updates done, of how many, and how many of them by processes before this one. */
  readonly steps: number;
  readonly total: number;
  readonly resumedFrom: number;
  readonly best: TrainingState['best'];
}

/**
 * Trains, and writes the best model. Called again with the same inputs after it was ended at any moment and in any way,
 * it continues from the last checkpoint and writes the same bytes.
 *
 * @throws DiagnosticError for what is wrong with the inputs, `bad-weights`, `loss-diverged`, `disk-full`, `out-of-memory`
 */
export async function finetune(options: FinetuneOptions): Promise<FinetuneResult> {
  let needs: MemoryNeeds | undefined;
  const onNeeds = (found: MemoryNeeds): void => {
    needs = found;
    options.onEvent({ kind: 'memory', needs });
  };
  try {
    return await run(options, onNeeds);
  } catch (error) {
    if (!needs || !isOutOfMemory(error)) throw error;
    const said = (error as Error).message.split('\n')[0] as string;
    throw outOfMemory(said, options.config, needs, error);
  }
}

async function run(options: FinetuneOptions, onNeeds: (needs: MemoryNeeds) => void): Promise<FinetuneResult> {
  const { config, onEvent } = options;
  const log = (message: string): void => onEvent({ kind: 'log', message });
  requireWritable(options.outputDir);
  const callbacks = await callbacksOf(options);
  const prepared = await prepareTraining({ ...options, onNeeds });
  const { key, format, session, program, order, total, dataset } = prepared;
  log(
    `${dataset.train.count} training rows, ${dataset.validation.count} validation rows, ` +
      `${dataset.labels.length > 0 ? `${dataset.labels.length} labels; ` : ''}${total} steps`,
  );
  for (const note of notesOnDevices(config)) log(note);
  for (const note of notesOn(config, prepared.network, total)) log(note);
  assignInitialWeights(prepared, config.seed, options.modelDir, log);

  const { checkpoints: place } = options;
  const folder = 'folder' in place ? place.folder : join(place.under, key);
  const checkpoints = new CheckpointFolder(folder, format);
  const epochs = new EpochModels(folder, config.save_epochs_limit);
  const best = new BestModel(folder);
  const found = await checkpoints.newest(key, log);
  if (found) {
    const { weights, optimizer } = found.checkpoint;
    session.restore({ ...renamed(weights, format.fromFile), ...optimizer });
    if (found.checkpoint.best) best.takeOver(found.checkpoint.best);
    log(`continuing from step ${found.checkpoint.state.step} of ${total} (${found.path})`);
  }
  const state = found?.checkpoint.state ?? initialState();
  const resumedFrom = state.step;
  const { train: rows, validation, labels } = dataset;
  onEvent({
    kind: 'began',
    fingerprint: key,
    total,
    resumedFrom,
    labels,
    train: { file: rows.file, md5: rows.md5, rows: rows.count },
    validation: { file: validation.file, md5: validation.md5, rows: validation.count },
    history: [...state.history],
  });

  const save = (weights: Tensors): CheckpointInfo => {
    const saved = checkpoints.save(
      {
        fingerprint: key,
        state,
        weights: renamed(weights, format.toFile),
        optimizer: session.liveOptimizerState(),
        best: best.file,
      },
      {
        ...format.companions,
        'trainer_state.json': trainerStateJson(state, config, total, order.stepsPerEpoch),
      },
      config.save_total_limit,
    );
    return { step: state.step, ...saved };
  };
  const status = await train({
    config,
    session,
    order,
    total,
    state,
    callbacks,
    keepBest: (model) => best.keep(renamed(model, format.toFile)),
    save,
    saveEpoch: (epoch, model) => epochs.save(epoch, folderOf(options, prepared, model, state.step)),
    describeRows: (rows) => describeRows(prepared, rows),
    onLogged: (entry) => onEvent({ kind: 'logged', entry }),
    onEvaluating: (done, of) => onEvent({ kind: 'evaluating', done, total: of }),
    signal: options.signal,
  }).catch((error: unknown) => {
    throw explainedByWeights(error, prepared.network, options.modelDir);
  });
  if (state.stopped !== null) log(`ended at step ${state.step}: ${state.stopped}`);
  if (status === 'finished') {
    const others = config.save_epochs ? epochs.contents(state.epochsEnded) : {};
    const weights = best.weights ? renamed(best.weights, format.fromFile) : session.liveModel();
    writeOutput(options, prepared, state, weights, others);
    if ('under' in place) rmSync(folder, { recursive: true, force: true });
  }
  program.dispose();
  return { status, steps: state.step, total, resumedFrom, best: state.best };
}

function notesOnDevices({ bf16 }: FinetuningConfig): string[] {
  const { gpus } = devices();
  const named = (of: readonly Gpu[]): string => of.map(({ name }) => name).join(' and ');
  const lacking = bf16 ? withoutBfloat16() : [];
  return [
    ...(gpus.length > 0 ? [`on ${named(gpus)}`] : []),
    ...(lacking.length > 0
      ? [`bf16: ${named(lacking)} has no products of bfloat16; they are done in float32`]
      : []),
  ];
}

/** What is set, and will not be done as it says. */
function notesOn(config: FinetuningConfig, { task, maxWidth }: Network, total: number): string[] {
  const notes = unusedSettings(config).map((setting) => `not used: ${setting}`);
  if (task !== 'image-classification' && config.max_length > maxWidth)
    notes.push(`max_length is ${maxWidth}: the model has no more positions`);
  if (config.warmup_steps >= total)
    notes.push(
      `warmup_steps is ${config.warmup_steps}, of ${total} steps in all: the learning rate does not get as high as learning_rate says. warmup_ratio is a share of the steps`,
    );
  return notes;
}

/** Ours, and the project's own by their paths. */
async function callbacksOf({ config, onEvent, projectDir, places }: FinetuneOptions): Promise<CallbackList> {
  const { early_stopping_patience: patience, early_stopping_threshold: threshold } = config;
  const metric = config.metric_for_best_model;
  const callbacks = new Map<string, TrainingCallback>([['events', eventReporter(onEvent)]]);
  if (patience !== null) callbacks.set('early_stopping', earlyStopping({ patience, threshold, metric }));
  const own = await loadCallbacks(config.callbacks, projectDir, config, places);
  return new CallbackList(new Map([...callbacks, ...own]));
}

/** The files of the model with these weights, which the training had after `step` updates. */
function folderOf(
  { config, modelDir }: FinetuneOptions,
  { network, format, order }: PreparedTraining,
  weights: Tensors,
  step: number,
): FolderContents {
  return modelFolder({
    baseModelDir: modelDir,
    network,
    format,
    weights,
    batchesSeen: order.batchesIn(step),
    companions:
      network.task === 'image-classification'
        ? { [PREPROCESSOR_FILE]: readPreprocessing(modelDir, config.image_size).json }
        : {},
  });
}

/** `data/train.jsonl lines 3, 17, 52`: what to look at when a batch goes wrong. */
function describeRows({ dataset, linesOf }: PreparedTraining, rows: Int32Array): string {
  const { file, names } = dataset.train;
  if (names) return `${file}: ${[...rows].map((row) => names[row]).join(', ')}`;
  const lines = [...rows].flatMap(linesOf).sort((a, b) => a - b);
  return `${file} lines ${lines.join(', ')}`;
}

function writeOutput(
  options: FinetuneOptions,
  prepared: PreparedTraining,
  state: TrainingState,
  weights: Tensors,
  others: FolderContents,
): void {
  const { config, outputDir } = options;
  const { key, total, dataset } = prepared;
  const { labels, train, validation } = dataset;
  const model = folderOf(options, prepared, weights, state.best?.step ?? state.step);
  const record = {
    fingerprint: key,
    config,
    labels,
    train: { rows: train.count, md5: train.md5 },
    validation: { rows: validation.count, md5: validation.md5 },
    steps: state.step,
    total_steps: total,
    best: state.best,
    log_history: state.history,
  };
  writeFolder(outputDir, {
    ...Object.fromEntries(Object.entries(model).map(([name, content]) => [`best_model/${name}`, content])),
    ...others,
    'training.json': toJson(record),
  });
}
