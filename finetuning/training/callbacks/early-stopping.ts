import type { Json, TrainingCallback } from './callback.js';

/**
 * Ends a training after so many validations in a row that were not better than the best before them by more than
 * `threshold`.
 */
export function earlyStopping(options: {
  readonly patience: number;
  readonly threshold: number;
  readonly metric: 'accuracy' | 'loss';
}): TrainingCallback {
  const { patience, threshold, metric } = options;
  let best: number | null = null;
  let withoutBetter = 0;
  return {
    onEvaluate(info, control) {
      // A regression has no accuracy.
      const value = (metric === 'accuracy' ? info.accuracy : undefined) ?? -info.loss;
      const gain = best === null ? Infinity : value - best;
      withoutBetter = gain > threshold ? 0 : withoutBetter + 1;
      // An infinite loss, or one that is not a number, would be null in a checkpoint: it is never the best.
      if (value > (best ?? -Infinity)) best = value;
      if (withoutBetter >= patience) control.stop(`no better ${metric} in ${patience} validations`);
    },
    save: () => ({ best, withoutBetter }),
    restore(state: Json) {
      ({ best, withoutBetter } = state as { best: number | null; withoutBetter: number });
    },
  };
}
