import type { ClassifierInput, GenerationRequest, GenerationResult, ScoredToken } from '../types.js';
import type { Refusal } from './messages.js';

/** Classifiers that share a program. */
export interface OpenClassifiers {
  readonly maxWidth: number;
  /**
   * @param member which of them
   * @returns one for each input: logits [labels], or why there are none
   */
  classify(member: number, inputs: readonly ClassifierInput[]): Promise<(Float32Array | Refusal)[]>;
  dispose(): void;
}

/** What becomes of a text that is gone on from. */
export interface RowListener {
  /** Nobody waits for it any more. */
  isCanceled(): boolean;
  /** @param together texts that are gone on from at once, this one included */
  onBegin(together: number): void;
  /** @param tokens those of it, where they are asked for */
  onText(text: string, tokens: readonly ScoredToken[]): void;
  onEnd(result: GenerationResult | Refusal): void;
}

/** Language models that share a program. */
export interface OpenGenerators {
  readonly maxWidth: number;
  /** @param listener hears of its end once */
  generate(member: number, request: GenerationRequest, listener: RowListener): void;
  dispose(): void;
}
