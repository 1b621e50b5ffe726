import { tf, type SignatureDefinition } from '../../compute/index.js';
import { scalarFeed } from './optimizers/scalar-feed.js';

/** An exponential moving average of a parameter over the updates (EMA). */
export const averageOf = (parameter: string): string => `${parameter}/ema`;

/** average ← decay · average + (1 − decay) · weight, of each parameter. */
export function averageSignature(parameters: readonly string[]): SignatureDefinition {
  return {
    feeds: { decay: scalarFeed },
    build({ variables, feeds }) {
      const decay = feeds.decay as tf.Tensor;
      const rest = tf.sub(1, decay);
      const updates = parameters.map((name) => {
        const [average, weight] = [variables[averageOf(name)], variables[name]] as [tf.Tensor, tf.Tensor];
        return [averageOf(name), tf.add(tf.mul(average, decay), tf.mul(weight, rest))] as const;
      });
      return { outputs: {}, updates: Object.fromEntries(updates) };
    },
  };
}

/** The first average is the weight itself, as in torch's AveragedModel. @param step the update's number, from 1 */
export function averageFeeds(step: number, decay: number): { readonly decay: Float32Array } {
  return { decay: Float32Array.of(step === 1 ? 0 : decay) };
}

/** The parameters with averages in place of those that train. */
export function withAverages<T>(
  parameters: Readonly<Record<string, T>>,
  trainable: readonly string[],
): Readonly<Record<string, T>> {
  const averaged = trainable.map((name) => [name, parameters[averageOf(name)] as T] as const);
  return { ...parameters, ...Object.fromEntries(averaged) };
}
