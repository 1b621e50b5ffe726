import type { MemoryNeeds } from './out-of-memory.js';

/** What a training tells whoever watches. */
export type TrainingEvent =
  | { readonly kind: 'log'; readonly message: string }
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
      readonly step: number;
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
