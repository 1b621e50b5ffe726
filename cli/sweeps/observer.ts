import type { SweepState } from '../../workflows/index.js';
import { trialEvent, type SweepEvent } from './events.js';

/** Turns what is seen of a sweep from time to time into events: each change once. */
export class SweepObserver {
  readonly #said = new Map<string, string>();

  constructor(readonly emit: (event: SweepEvent) => void) {}

  see({ id, method, metric, direction, trials }: SweepState): void {
    this.#say('sweep', { event: 'sweep', id, method, metric, direction });
    for (const trial of trials) {
      this.#say(`trial ${trial.label}`, trialEvent(trial));
      const { label, progress, finishedAt } = trial;
      if (!progress || finishedAt !== undefined) continue;
      const { address, step, total, message, metrics } = progress;
      this.#say(`progress ${label}`, {
        event: 'trial-progress',
        label,
        address,
        ...(step === undefined ? {} : { step }),
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
        ...(metrics === undefined ? {} : { metrics }),
      });
    }
  }

  #say(name: string, event: SweepEvent): void {
    const text = JSON.stringify(event);
    if (this.#said.get(name) === text) return;
    this.#said.set(name, text);
    this.emit(event);
  }
}
