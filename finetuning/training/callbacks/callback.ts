import type { FinetuningConfig } from '../../../configs/index.js';

/** After an update of the weights. */
export interface StepInfo {
  /** Updates done, of how many. */
  readonly step: number;
  readonly total: number;
  /** 1.5 in the middle of the second pass over the data. */
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradNorm: number;
  /** Rows trained on per second, over the last few steps. */
  readonly itemsPerSecond: number;
}

/** After a pass over the validation set. */
export interface EvaluateInfo {
  /** Updates done, of how many. */
  readonly step: number;
  readonly total: number;
  readonly epoch: number;
  readonly loss: number;
  /** Not of a regression. */
  readonly accuracy?: number;
  /** Of a language model. */
  readonly perplexity?: number;
  /** Whether the model is the best so far. */
  readonly best: boolean;
}

/** After a checkpoint was written. */
export interface CheckpointInfo {
  readonly step: number;
  readonly path: string;
  /** Of its manifest, which covers every file. */
  readonly digest: string;
}

/** After a pass over the training rows. */
export interface EpochInfo {
  /** From 1. */
  readonly epoch: number;
  readonly step: number;
  /** The model as it is now, where `save_epochs` asks for it. */
  readonly path: string | undefined;
}

export interface EndInfo {
  readonly step: number;
  readonly total: number;
  /** `interrupted`: the same training will go on later. */
  readonly status: 'finished' | 'interrupted';
}

export interface Control {
  /** Ends the training after this step, as if it were through. */
  stop(reason: string): void;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What is told how a training goes, and may end it. A training that is taken up again must go as it would have gone: a
 * callback whose decisions follow from what it has seen gives that to `save`, and gets it back by `restore`.
 */
export interface TrainingCallback {
  readonly onStep?: (info: StepInfo, control: Control) => void | Promise<void>;
  readonly onEvaluate?: (info: EvaluateInfo, control: Control) => void | Promise<void>;
  /** Too late to stop: what is asked for after a checkpoint would not be in it. */
  readonly onCheckpoint?: (info: CheckpointInfo) => void | Promise<void>;
  readonly onEpoch?: (info: EpochInfo, control: Control) => void | Promise<void>;
  readonly onEnd?: (info: EndInfo) => void | Promise<void>;
  /** Kept in each checkpoint. */
  readonly save?: () => Json;
  readonly restore?: (state: Json) => void;
}

/** A file's function `createCallback`. */
export type CreateCallback = (config: FinetuningConfig) => TrainingCallback | Promise<TrainingCallback>;
