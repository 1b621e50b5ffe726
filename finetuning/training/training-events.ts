import type { MemoryNeeds } from './out-of-memory.js';
import type { LogEntry } from './training-state.js';

/** Rows that a training reads. */
export interface RowsInfo {
  /** As it was named. */
  readonly file: string;
  readonly md5: string;
  readonly rows: number;
}

/** What a training tells whoever watches. */
export type TrainingEvent =
  | { readonly kind: 'log'; readonly message: string }
  | {
      /** Before its first step here. */
      readonly kind: 'began';
      /** Of all that it follows from: equal trainings have an equal one. */
      readonly fingerprint: string;
      /** Updates in all, and how many of them were made by processes before this one. */
      readonly total: number;
      readonly resumedFrom: number;
      readonly labels: readonly string[];
      readonly train: RowsInfo;
      readonly validation: RowsInfo;
      /** What was logged before. */
      readonly history: readonly LogEntry[];
    }
  | {
      /** One line of the history, as trainer_state.json has it: each `logging_steps` updates, and each validation. */
      readonly kind: 'logged';
      readonly entry: LogEntry;
    }
  | {
      readonly kind: 'step';
      /** Updates done, of how many. */
      readonly step: number;
      readonly total: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly gradNorm: number;
      /** Rows trained on per second, over the last few steps. */
      readonly itemsPerSecond: number;
    }
  | { readonly kind: 'evaluating'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'evaluated';
      /** Updates done, of how many. */
      readonly step: number;
      readonly total: number;
      readonly loss: number;
      /** Not of a regression. */
      readonly accuracy?: number;
      /** Of a language model. */
      readonly perplexity?: number;
      readonly best: boolean;
    }
  /** Told before the weights take memory. */
  | { readonly kind: 'memory'; readonly needs: MemoryNeeds }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly path: string; readonly digest: string };

export type OnTrainingEvent = (event: TrainingEvent) => void;
