import type { TensorSpec, tf } from '../../compute/index.js';
import type { ProblemType } from '../../configs/index.js';
import type { Method } from '../methods/method.js';
import type { Dropout } from './layers/forward-context.js';
import type { LayerKind } from './layers/layer.js';
import type { ParameterShapes } from './parameters.js';
import type { WeightNames } from './weight-names.js';

/** What a model is finetuned to do. It follows from the architecture. */
export type Task = 'text-classification' | 'causal-lm' | 'image-classification';

export type Inputs = Readonly<Record<string, tf.Tensor>>;

/** An architecture with its sizes: what parameters it has and how logits come from them. It holds no values. */
export interface Network {
  readonly task: Task;
  /** What a row of logits says: one of the classes, any number of them, or numbers. */
  readonly problem: ProblemType;
  /** The classes, in the order of the logits; of a language model none. */
  readonly labels: readonly string[];
  /** The model's own parameters, without a method's additions. */
  readonly shapes: ParameterShapes;
  /** The layers that a method may put something beside, by path: with a weight, and not an embedding. */
  readonly layers: ReadonlyMap<string, LayerKind>;
  /** Values that a forward pass of a full training changes without a gradient: running statistics. */
  readonly buffers: ParameterShapes;
  readonly names: WeightNames;
  /** Tokens that an input may have; of an image network its side's length in pixels. */
  readonly maxWidth: number;
  /** Different token ids; of an image network 0. */
  readonly vocabulary: number;
  /** Classes of the logits: labels, or the vocabulary. */
  readonly classes: number;
  /** Does the parameter belong to a LayerNorm? These are not decayed, whatever they are called. */
  isLayerNorm(parameter: string): boolean;
  /** `architectures` in config.json of what is saved. */
  readonly architecture: string;
  /** What a pass over `rows` inputs of `width` is fed. */
  feeds(rows: number, width: number): Readonly<Record<string, TensorSpec>>;
  /** How many labels such a pass has: one to a row, or to a token. */
  labelCount(rows: number, width: number): number;
  /**
   * @param update present where norms work with the batch's statistics: takes running statistics' next values
   * @returns logits [n, classes]: n rows of a classifier; of a language model rows · width, for the token after each
   */
  logits(
    parameters: Readonly<Record<string, tf.Tensor>>,
    inputs: Inputs,
    method: Method,
    dropout: Dropout,
    update?: (buffer: string, value: tf.Tensor) => void,
  ): tf.Tensor2D;
  /** Of a language model: what its logits are the product of, so that a loss need not have them as a whole. */
  readonly languageHead?: LanguageHead;
  /** Of a language model. */
  readonly decoding?: CachedDecoding;
}

/** logits = features · tableᵀ */
export interface LanguageHead {
  /** The parameter's name. */
  readonly table: string;
  /** As {@link Network.logits} → [rows · width, hidden] */
  features(
    parameters: Readonly<Record<string, tf.Tensor>>,
    inputs: Inputs,
    method: Method,
    dropout: Dropout,
  ): tf.Tensor2D;
}

/** Logits for the token after each row's last [rows, vocabulary], and the next values of what the network keeps. */
export interface CachedLogits {
  readonly logits: tf.Tensor2D;
  readonly cache: Readonly<Record<string, tf.Tensor>>;
}

/** How a language model goes on from texts a token at a time, with what it has seen of each kept in variables. */
export interface CachedDecoding {
  /** The variables, for `rows` texts of at most `slots` tokens. */
  cache(rows: number, slots: number): Readonly<Record<string, TensorSpec>>;
  /**
   * Reads the texts' beginnings.
   *
   * @param inputs those of `feeds`, with the padding in front, and `slots` at most of them
   */
  begin(
    parameters: Readonly<Record<string, tf.Tensor>>,
    inputs: Inputs,
    method: Method,
    slots: number,
  ): CachedLogits;
  /**
   * Reads one more token of each.
   *
   * @param parameters with the variables
   * @param inputs `input_ids` and `position_ids` [rows, 1] int32; `attention_mask` [rows, slots] of what may be seen, the
   *   token itself included; `slot` [rows] int32, where it lies
   */
  step(parameters: Readonly<Record<string, tf.Tensor>>, inputs: Inputs, method: Method): CachedLogits;
}

export interface NetworkOptions {
  readonly config: unknown;
  /** The config.json, to be named in messages. */
  readonly file: string;
  readonly labels: readonly string[];
  /** In place of the model's own probabilities. */
  readonly dropout: number | null;
  /** Of a head over texts, in place of what the configuration says. */
  readonly problem: ProblemType | null;
  /** Texts come in pairs, whose tokens are told apart. */
  readonly pairs: boolean;
}
