/**
 * The finetuning commands' substance. What computes is loaded when it is called: the data stages start fast, and need
 * no native library.
 */
import type { OpenedGenerator, OpenGeneratorOptions } from './models/generation/open-generator.js';
import type { OpenedScorer, OpenScorerOptions } from './models/scoring/open-scorer.js';
import type { MergeOptions, MergeResult } from './merging/merge-adapter.js';
import type { OpenClassifierOptions, OpenedClassifier } from './models/open-classifier.js';
import type { PlanOptions, TrainingPlan } from './plan/plan-training.js';
import type { Classifier } from './evaluation/index.js';
import type { OpenImageClassifierOptions } from './models/open-image-classifier.js';
import type { FinetuneOptions, FinetuneResult } from './training/finetune.js';

export { describePretrained } from './models/pretrained/describe-pretrained.js';
export { hubPlace } from './models/pretrained/hub-place.js';
export { neededFiles } from './models/pretrained/model-files.js';
export { localModel, resolvePretrained } from './models/pretrained/resolve-pretrained.js';
export { readFinetunedFolder, type FinetunedFolder } from './models/finetuned-folder.js';
export type { OpenedClassifier } from './models/open-classifier.js';
export { readAdapterBase } from './merging/adapter-base.js';
export type { MergeOptions, MergeResult } from './merging/merge-adapter.js';
export type { TrainingPlan } from './plan/plan-training.js';
export type { RowScore } from './models/scoring/open-scorer.js';
export type { GenerationSettings } from './models/generation/going-row.js';
export type { FinetuneResult } from './training/finetune.js';
export type { Control, TrainingCallback } from './training/callbacks/callback.js';
export { outOfMemory, type MemoryNeeds } from './training/out-of-memory.js';
export type { TrainingEvent } from './training/training-events.js';

/** Trains, and writes the best model; see `training/finetune.ts`. */
export async function finetune(options: FinetuneOptions): Promise<FinetuneResult> {
  return (await import('./training/finetune.js')).finetune(options);
}

/** Works LoRA into its base, and measures the drift of the logits; see `merging/merge-adapter.ts`. */
export async function mergeAdapter(options: MergeOptions): Promise<MergeResult> {
  return (await import('./merging/merge-adapter.js')).mergeAdapter(options);
}

/** What a training will take; see `plan/plan-training.ts`. */
export async function planTraining(options: PlanOptions): Promise<TrainingPlan> {
  return (await import('./plan/plan-training.js')).planTraining(options);
}

/** A pretrained model's files, as transformers finds weights in them; see `models/pretrained/transformers-folder.ts`. */
export async function transformersFiles(
  modelDir: string,
  temporary: string,
): Promise<Readonly<Record<string, string>>> {
  return (await import('./models/pretrained/transformers-folder.js')).transformersFiles(modelDir, temporary);
}

/** A model that says which label a text has; see `models/open-classifier.ts`. */
export async function openClassifier(options: OpenClassifierOptions): Promise<OpenedClassifier> {
  return (await import('./models/open-classifier.js')).openClassifier(options);
}

/** A model that goes on from prompts; see `models/generation/open-generator.ts`. */
export async function openGenerator(options: OpenGeneratorOptions): Promise<OpenedGenerator> {
  return (await import('./models/generation/open-generator.js')).openGenerator(options);
}

/** A model that says how likely it holds texts; see `models/scoring/open-scorer.ts`. */
export async function openScorer(options: OpenScorerOptions): Promise<OpenedScorer> {
  return (await import('./models/scoring/open-scorer.js')).openScorer(options);
}

/** A model that says which label a text or a picture has, whichever it was made for. */
export async function openAnyClassifier(options: OpenImageClassifierOptions): Promise<Classifier> {
  const { readTask } = await import('./models/read-network.js');
  if (readTask(options.baseModelDir) !== 'image-classification') return openClassifier(options);
  return (await import('./models/open-image-classifier.js')).openImageClassifier(options);
}

export {
  firstRecords,
  ingest,
  prepare,
  preprocess,
  readPrompts,
  readQuestions,
  readTextRows,
  type FirstRecords,
  type PreprocessReport,
  type PromptRow,
  type Row,
} from './data/index.js';
export {
  dataPlace,
  evaluate,
  evaluateAnswers,
  evaluateLanguage,
  languageMetrics,
  answersRecord,
  metricsRecord,
  metricsOf,
  predictAnswers,
  predictCompletions,
  predictLabels,
  confusionMatrix,
  type Classifier,
  type ComparedPair,
  type Comparison,
  type Contender,
  type EvaluateOptions,
  type EvaluateResult,
  type JudgedLanguage,
  type LanguageContender,
  type Metrics,
  type Production,
  type TestSetFiles,
} from './evaluation/index.js';
export { barChart, escape, lineChart } from './evaluation/index.js';
export { readPicture, type Picture } from './images/picture.js';
