import type { TrainingCallback } from 'reprise/finetuning';

/** Less is not worth the time. In nats, as the validation's loss is. */
const ENOUGH = 0.01;

/** Ends the training after a validation whose loss is as low as that. */
export function createCallback(): TrainingCallback {
  return {
    onEvaluate({ loss }, control) {
      if (loss <= ENOUGH) control.stop(`the loss of the validation is ${loss.toFixed(4)}`);
    },
  };
}
