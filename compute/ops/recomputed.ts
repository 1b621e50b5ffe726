import { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';

/**
 * `body` of the inputs, of which the gradient keeps the inputs alone: it calculates the rest once more when it needs it.
 * Memory for time (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016).
 *
 * What the body uses beside its inputs has to be there still when the gradient is calculated, and gets no gradient.
 *
 * @param wanted how many of the inputs, from the first, have a gradient; the others get zeros
 * @param body called twice; `later` gives values that it uses beside its inputs, as they are to be used the second time
 */
export function recomputed<T extends tf.Tensor>(
  inputs: readonly tf.Tensor[],
  wanted: number,
  body: (inputs: tf.Tensor[], later: (x: tf.Tensor) => tf.Tensor) => T,
): T {
  const calculate = tf.customGrad((...given) => {
    const save = given.pop() as tf.GradSaveFunc;
    const inputs = given as tf.Tensor[];
    save(inputs);
    return {
      value: body(inputs, (x) => x),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        // Nothing of the second calculation may begin, or be taken for the first one, before its result is needed.
        const waiting: tf.Tensor[] = [];
        const later = (x: tf.Tensor): tf.Tensor => {
          const after = Recorder.current?.after(x, dy);
          if (after === undefined) return x;
          // A gradient may look at what its body was given beside its inputs, after the body's scope has ended.
          waiting.push(tf.keep(after));
          return after;
        };
        const rest = saved.slice(wanted);
        const again = (...first: tf.Tensor[]): tf.Tensor => body([...first, ...rest.map(later)], later);
        const slopes = gradientWithin(() => tf.grads(again)(saved.slice(0, wanted).map(later), dy));
        tf.dispose(waiting);
        return [...slopes, ...rest.map((x) => tf.zerosLike(x))];
      },
    };
  });
  return calculate(...inputs) as T;
}

/** tfjs has one tape, and a gradient that is calculated inside of another one's backward pass would leave it without. */
function gradientWithin<T>(calculate: () => T): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  try {
    return calculate();
  } finally {
    state.activeTape = outer;
  }
}
