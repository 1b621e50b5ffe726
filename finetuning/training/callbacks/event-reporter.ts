import type { OnTrainingEvent } from '../training-events.js';
import type { TrainingCallback } from './callback.js';

/** Turns what happens into events for whoever watches. */
export function eventReporter(onEvent: OnTrainingEvent): TrainingCallback {
  return {
    onStep({ epoch: _epoch, ...info }) {
      onEvent({ kind: 'step', ...info });
    },
    onEvaluate({ epoch: _epoch, ...info }) {
      onEvent({ kind: 'evaluated', ...info });
    },
    onCheckpoint(info) {
      onEvent({ kind: 'checkpoint', ...info });
    },
    onEpoch({ epoch, path }) {
      if (path !== undefined) onEvent({ kind: 'log', message: `epoch ${epoch}: ${path}` });
    },
  };
}
