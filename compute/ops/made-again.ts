import { Recorder } from '../record/recorder.js';

/**
 * What costs little beside the products around it, such as attention's scores: where the backward pass of an `asLoss` needs what
 * `body` calculates, it calculates it again, in place of keeping it until then. What the body begins with is kept.
 */
export function madeAgain<T>(body: () => T): T {
  const recorder = Recorder.current;
  return recorder ? recorder.madeAgain(body) : body();
}
