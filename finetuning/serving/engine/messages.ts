import type {
  ClassifierInput,
  EngineSizes,
  GenerationRequest,
  GenerationResult,
  ModelSource,
  ScoredToken,
  ServedModel,
} from '../types.js';

/** A failure as it crosses to the other process. */
export interface Refusal {
  /** A DiagnosticError's; `unexpected` is a fault of ours. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
}

/** To the process that holds the models. `id` is the request's, and comes back with its answer. */
export type Question =
  | { readonly kind: 'open'; readonly models: readonly ModelSource[]; readonly sizes: EngineSizes }
  | {
      readonly kind: 'classify';
      readonly id: number;
      readonly model: string;
      readonly inputs: readonly ClassifierInput[];
    }
  | {
      readonly kind: 'generate';
      readonly id: number;
      readonly model: string;
      readonly request: GenerationRequest;
    }
  /** Nobody waits for this text any more. */
  | { readonly kind: 'cancel'; readonly id: number };

export type Answer =
  | { readonly kind: 'opened'; readonly models: readonly ServedModel[] }
  | { readonly kind: 'not-opened'; readonly refusal: Refusal }
  /** One for each input: logits [labels], or why there are none. */
  | {
      readonly kind: 'classified';
      readonly id: number;
      readonly rows: readonly (Float32Array | Refusal)[];
    }
  /** So many texts are gone on from at once, this one included. */
  | { readonly kind: 'begun'; readonly id: number; readonly together: number }
  | {
      readonly kind: 'text';
      readonly id: number;
      readonly text: string;
      readonly tokens: readonly ScoredToken[];
    }
  | { readonly kind: 'generated'; readonly id: number; readonly result: GenerationResult | Refusal };

export function isRefusal(value: object): value is Refusal {
  return 'code' in value && 'message' in value;
}
