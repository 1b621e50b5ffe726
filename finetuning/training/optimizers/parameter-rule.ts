import { tf } from '../../../compute/index.js';

/** What an optimizer does differently from one parameter to another. */
export interface ParameterRule {
  /** Of the scheduled learning rate. */
  readonly rateScale: number;
  readonly weightDecay: number;
}

export type RuleOf = (parameter: string) => ParameterRule;

/** One rate for all, and decay for those that decay. */
export function oneGroup(weightDecay: number, isDecayed: (parameter: string) => boolean): RuleOf {
  const [decayed, plain] = [weightDecay, 0].map((decay) => ({ rateScale: 1, weightDecay: decay })) as [
    ParameterRule,
    ParameterRule,
  ];
  return (parameter) => (isDecayed(parameter) ? decayed : plain);
}

/** A rule's scalars in a graph, shape []. */
export interface RuleScalars {
  readonly rate: tf.Tensor;
  /** 1 − rate·decay, where there is decay: what decoupled decay leaves of a weight. */
  readonly kept: tf.Tensor | undefined;
}

/** Parameters of equal rules share their scalars. @param rate the scheduled one, shape [] */
export function ruleScalars(rate: tf.Tensor): (rule: ParameterRule) => RuleScalars {
  const made = new Map<string, RuleScalars>();
  return ({ rateScale, weightDecay }) => {
    const key = `${rateScale} ${weightDecay}`;
    const known = made.get(key);
    if (known) return known;
    const own = rateScale === 1 ? rate : tf.mul(rate, rateScale);
    const scalars = { rate: own, kept: weightDecay > 0 ? tf.sub(1, tf.mul(own, weightDecay)) : undefined };
    made.set(key, scalars);
    return scalars;
  };
}
