import type { ClassifierInput, GenerationRequest, GenerationResult, ScoredToken } from '../types.js';
import type { Refusal } from './messages.js';

/** What all models have that share a program. */
interface Opened {
  /** While nobody asks: prepares one more graph for who will. @returns whether there was one */
  warmUp(): boolean;
  dispose(): void;
}

/** Classifiers that share a program. */
export interface OpenClassifiers extends Opened {
  readonly maxWidth: number;
  /**
   * @param member which of them
   * @returns one for each input: logits [labels], or why there are none
   */
  classify(member: number, inputs: readonly ClassifierInput[]): Promise<(Float32Array | Refusal)[]>;
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
export interface OpenGenerators extends Opened {
  readonly maxWidth: number;
  /** @param listener hears of its end once */
  generate(member: number, request: GenerationRequest, listener: RowListener): void;
}
