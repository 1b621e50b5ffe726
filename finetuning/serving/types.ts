import type { ProblemType } from '../../configs/index.js';
import type { Message } from '../data/index.js';
import type { Task } from '../models/network.js';

/** A model to serve: where its files lie. */
export interface ModelSource {
  /** What requests call it. */
  readonly name: string;
  /** A version, a digest: what is shown beside the name. */
  readonly version: string;
  /** The pretrained model's files. */
  readonly baseModelDir: string;
  /** What `finetune` wrote, when it is not the base itself. */
  readonly adapterDir?: string;
  readonly labels: readonly string[];
  /** What a row of logits says. */
  readonly problem: ProblemType;
}

/** What a model is, once it is open. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly task: Task;
  readonly problem: ProblemType;
  readonly labels: readonly string[];
  /** Tokens that it can read; of an image model the side in pixels. */
  readonly maxWidth: number;
}

/** Sizes that the graphs are made for. */
export interface EngineSizes {
  /** Inputs that are computed together. */
  readonly maxBatch: number;
  /** Tokens of a text to classify; longer ones lose their end. */
  readonly maxLength: number;
  /** Tokens of a prompt and of what is generated, together. */
  readonly maxContext: number;
}

/** How one text is gone on from. */
export interface GenerationRequest {
  /** A text; or a conversation that is to be answered, laid out as the model's chat template says. */
  readonly prompt: string | readonly Message[];
  readonly maxNewTokens: number;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  /** Texts that end it, and are not part of it. */
  readonly stop: readonly string[];
  /** So many of the likeliest tokens are told at each place, with the one that was chosen. Absent: none, and nothing is computed for it. */
  readonly logProbabilities?: number;
}

/** A token of a text, and how likely it was. */
export interface ScoredToken {
  /** By itself; see `TextTokenizer.tokenText`. */
  readonly token: string;
  /** Natural logarithm. */
  readonly logProbability: number;
  /** Where it begins in what is generated, in UTF-16 units. */
  readonly offset: number;
  /** Likeliest first. */
  readonly best: readonly { readonly token: string; readonly logProbability: number }[];
}

export type FinishReason = 'stop' | 'length';

export interface GenerationResult {
  readonly finish: FinishReason;
  readonly promptTokens: number;
  readonly newTokens: number;
}

/** What is asked about one input of a classifier. */
export type ClassifierInput =
  { readonly text: string; readonly textPair?: string } | { readonly image: Uint8Array };

/** What came of a turn to the model in production. */
export interface Turned {
  /** That is served now. */
  readonly version: string;
  /** Whether another was served before. */
  readonly turned: boolean;
}
