import type { tf } from '../../../compute/index.js';

/**
 * How a layer's weight is stored: `linear` [out, in], as torch does; `conv1d` [in, out], GPT-2's own; `conv2d`
 * [out, in, height, width], over images [rows, height, width, channels].
 */
export type LayerKind = 'linear' | 'conv1d' | 'conv2d';

/** A layer with a weight, as the model sees it, whatever a method has put around it. */
export interface Layer {
  /** Where it stands in the model: `bert.encoder.layer.0.attention.self.query`. */
  readonly path: string;
  readonly kind: LayerKind;
  readonly bias: boolean;
  /** Of a `conv2d`, the same along both axes; the padding is on either side. */
  readonly stride?: number;
  readonly padding?: number;
  /** [n, in] → [n, out], or an image of `in` channels → one of `out`. Reads its weights when it is called. */
  apply<T extends tf.Tensor>(x: T): T;
}
