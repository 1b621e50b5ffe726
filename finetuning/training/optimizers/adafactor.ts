import { tf } from '../../../compute/index.js';
import type { Optimizer } from './optimizer.js';
import { ruleScalars, type RuleOf } from './parameter-rule.js';
import { scalarFeed } from './scalar-feed.js';

/** Names and meaning as in `transformers.optimization.Adafactor`. */
export interface AdafactorSettings {
  /** Added to squared gradients; and the least scale of a parameter. */
  readonly eps: readonly [number, number];
  /** Updates whose root mean square is larger are scaled down to it. */
  readonly clipThreshold: number;
  /** The average of squares forgets by 1 − stepᵈᵉᶜᵃʸ. */
  readonly decayRate: number;
  /** Of an average of updates; `null`: none is kept. */
  readonly beta1: number | null;
  /** Multiply the rate by the parameter's root mean square. */
  readonly scaleParameter: boolean;
}

const rootMeanSquare = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.mean(tf.square(x)));

/**
 * Adafactor (Shazeer and Stern, 2018), as transformers has it: the squares of a matrix's gradients are kept as averages of
 * its rows and of its columns, whose product stands for the whole. Takes the rate that it is given.
 */
export function adafactor(settings: AdafactorSettings, ruleOf: RuleOf): Optimizer {
  const { beta1, decayRate, scaleParameter, clipThreshold, eps } = settings;
  return {
    state(parameter, shape) {
      const squares: [string, readonly number[]][] =
        shape.length < 2
          ? [[`${parameter}/exp_avg_sq`, shape]]
          : [
              [`${parameter}/exp_avg_sq_row`, shape.slice(0, -1)],
              [`${parameter}/exp_avg_sq_col`, [...shape.slice(0, -2), ...shape.slice(-1)]],
            ];
      return new Map(beta1 === null ? squares : [[`${parameter}/exp_avg`, shape], ...squares]);
    },
    feeds: { learning_rate: scalarFeed, beta2: scalarFeed },
    feedsAt: (step, learningRate) => ({
      learning_rate: Float32Array.of(learningRate),
      beta2: Float32Array.of(1 - step ** decayRate),
    }),
    update(gradients, { variables, feeds }) {
      const beta2 = feeds.beta2 as tf.Tensor;
      const scalarsOf = ruleScalars(feeds.learning_rate as tf.Tensor);
      const updates: Record<string, tf.Tensor> = {};
      const averaged = (name: string, beta: tf.Tensor, next: tf.Tensor): tf.Tensor =>
        (updates[name] = tf.add(tf.mul(variables[name] as tf.Tensor, beta), tf.mul(next, tf.sub(1, beta))));
      for (const [parameter, gradient] of gradients) {
        const rule = ruleOf(parameter);
        const weight = variables[parameter] as tf.Tensor;
        const scheduled = scalarsOf(rule).rate;
        const rate = scaleParameter
          ? tf.mul(scheduled, tf.maximum(rootMeanSquare(weight), eps[1]))
          : scheduled;
        const squares = tf.add(tf.square(gradient), eps[0]);
        const inverse = inverseRoot(squares, (name, mean) => averaged(`${parameter}/${name}`, beta2, mean));
        const raw = tf.mul(inverse, gradient);
        const excess = tf.maximum(tf.div(rootMeanSquare(raw), clipThreshold), 1);
        const clipped = tf.mul(tf.div(raw, excess), rate);
        const move = beta1 === null ? clipped : averaged(`${parameter}/exp_avg`, tf.scalar(beta1), clipped);
        const start =
          rule.weightDecay > 0 ? tf.sub(weight, tf.mul(weight, tf.mul(rate, rule.weightDecay))) : weight;
        updates[parameter] = tf.sub(start, move);
      }
      return { updates };
    },
  };
}

/**
 * 1/√v, where v is the average of the squares so far: [n] itself, or [.., rows, columns] put together from the averages of
 * its rows and columns, v ≈ row·col / mean(row).
 *
 * @param average takes an average of this step, gives the one that is kept with it
 */
function inverseRoot(squares: tf.Tensor, average: (name: string, next: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (squares.rank < 2) return tf.rsqrt(average('exp_avg_sq', squares));
  const row = average('exp_avg_sq_row', tf.mean(squares, -1)); // [.., rows]
  const column = average('exp_avg_sq_col', tf.mean(squares, -2)); // [.., columns]
  const ofRows = tf.rsqrt(tf.div(row, tf.mean(row, -1, true)));
  return tf.mul(tf.expandDims(ofRows, -1), tf.expandDims(tf.rsqrt(column), -2));
}
