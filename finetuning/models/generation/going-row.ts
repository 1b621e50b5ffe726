import { RandomStream } from '../../random/stream.js';
import { chooseToken, type SamplingSettings } from './choose-token.js';

export interface Prompt {
  /** Its number among all prompts: what is drawn for it does not depend on the batch it is in. */
  readonly index: number;
  readonly ids: readonly number[];
  /** Says whether what was generated is complete, where the model's own end is not all that ends it. */
  readonly isComplete?: (generated: readonly number[]) => boolean;
  /** A token of the text, when it has been chosen from these logits [vocabulary]. */
  readonly onToken?: (token: number, logits: Float32Array) => void;
  /** In place of those of the whole batch. */
  readonly settings?: GenerationSettings;
  /** Its end, while others of the batch may go on. */
  readonly onEnd?: (generated: Generated) => void;
}

export interface Generated {
  /** Without the prompt, and without the token that ended it. */
  readonly ids: readonly number[];
  /** `stop`: the model ended it. `length`: it had as many tokens as were asked for, or as the model can read. */
  readonly finish: 'stop' | 'length';
}

export interface GenerationSettings extends SamplingSettings {
  readonly maxNewTokens: number;
  readonly seed: number;
}

/** Where texts end, whatever was asked. */
export interface RowLimits {
  /** Tokens that the model can read. */
  readonly maxWidth: number;
  readonly endId: number | undefined;
}

/** One text of a batch that is being gone on from. */
export class GoingRow {
  readonly #prompt: Prompt;
  readonly #settings: GenerationSettings;
  readonly #limits: RowLimits;
  readonly #ids: number[] = [];
  #steps = 0;
  #finish: Generated['finish'] | undefined;

  constructor(prompt: Prompt, settings: GenerationSettings, limits: RowLimits) {
    this.#prompt = prompt;
    this.#settings = prompt.settings ?? settings;
    this.#limits = limits;
  }

  get isGoing(): boolean {
    return this.#finish === undefined;
  }

  /** The token that the model has not read yet. */
  get last(): number {
    return this.#ids.at(-1) as number;
  }

  /** Where that token stands in the text. */
  get position(): number {
    return this.#prompt.ids.length + this.#ids.length - 1;
  }

  /** Once it has ended. */
  get generated(): Generated {
    return { ids: this.#ids, finish: this.#finish as Generated['finish'] };
  }

  /** @param logits of the next token [vocabulary] */
  add(logits: Float32Array): void {
    const { index, ids: prompt, isComplete, onToken, onEnd } = this.#prompt;
    const { maxNewTokens, seed, temperature } = this.#settings;
    const uniform = temperature === 0 ? 0 : drawn(seed, index, this.#steps++);
    const token = chooseToken(logits, this.#settings, uniform);
    if (token === this.#limits.endId) this.#finish = 'stop';
    else {
      this.#ids.push(token);
      onToken?.(token, logits);
    }
    if (isComplete?.(this.#ids)) this.#finish = 'stop';
    const length = this.#ids.length;
    if (length === maxNewTokens || prompt.length + length === this.#limits.maxWidth)
      this.#finish ??= 'length';
    if (!this.isGoing) onEnd?.(this.generated);
  }
}

/** A number for each place of each prompt. */
function drawn(seed: number, prompt: number, step: number): number {
  return new RandomStream(seed, `generate/${prompt}/${step}`).uniform();
}
