import type { SignatureResult, SignatureScope, TensorData, TensorSpec, tf } from '../../../compute/index.js';
import type { ParameterShapes } from '../../models/parameters.js';

/** A rule by which gradients change weights. Its state lies in variables beside the weights. */
export interface Optimizer {
  /** The variables that it keeps for a parameter of this shape, named `<parameter>/<state>` as torch names the state. */
  state(parameter: string, shape: readonly number[]): ParameterShapes;
  /** Scalars that change from step to step, and so are fed. */
  readonly feeds: Readonly<Record<string, TensorSpec>>;
  /** @param step the update's number, from 1 */
  feedsAt(step: number, learningRate: number): Readonly<Record<string, TensorData>>;
  /**
   * One update of each parameter.
   *
   * @param gradients by parameter, clipped if that is wanted
   */
  update(
    gradients: ReadonlyMap<string, tf.Tensor>,
    scope: SignatureScope,
  ): Pick<SignatureResult, 'updates' | 'adam'>;
}
