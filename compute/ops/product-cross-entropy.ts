import { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';
import { crossEntropyWithSlope, sparseCrossEntropy } from './cross-entropy.js';

/** Rows of `x` [n, hidden] that are multiplied with a table [classes, hidden] together, and their labels. */
interface Part {
  readonly x: tf.Tensor2D;
  readonly labels: tf.Tensor1D;
  /** Of the part's first row. */
  readonly start: number;
}

/**
 * Σ weightsᵢ · (−log softmax(x tableᵀ)[labels])ᵢ, without logits that are ever there as a whole: they are made for some rows
 * at a time, and with them, while they are there, what the gradient needs (as Liger Kernel does: Hsu et al., 2024). Every
 * product is done once, as it would be otherwise.
 *
 * @param x [n, hidden]
 * @param table [classes, hidden]
 * @param labels [n] int32
 * @param weights [n], which have no gradient
 * @param rowsAtOnce of x; where the table trains, each part has a gradient of the table's size
 */
export function productCrossEntropy(
  x: tf.Tensor2D,
  table: tf.Tensor2D,
  labels: tf.Tensor1D,
  weights: tf.Tensor1D,
  rowsAtOnce: number,
): tf.Scalar {
  const loss = tf.customGrad((...given) => {
    const save = given.pop() as tf.GradSaveFunc;
    const [x, table, labels, weights] = given as tf.Tensor[] as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    let total: tf.Tensor | undefined;
    let tableSlope: tf.Tensor | undefined;
    const slopes = inTurn(x, labels, rowsAtOnce, (part) => {
      const own = tf.slice(weights, [part.start], [part.x.shape[0]]);
      const logits = tf.matMul(part.x, table, false, true);
      const { losses, slope } = crossEntropyWithSlope(logits, part.labels);
      const weighted = tf.mul(slope, tf.expandDims(own, -1));
      const sum = tf.sum(tf.mul(losses, own));
      total = total ? tf.add(total, sum) : sum;
      const ofTable = tf.matMul(weighted, part.x, true, false);
      tableSlope = tableSlope ? tf.add(tableSlope, ofTable) : ofTable;
      return tf.matMul(weighted as tf.Tensor2D, table);
    });
    save([joined(slopes), tableSlope as tf.Tensor, labels, weights]);
    return {
      value: total as tf.Tensor,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [slope, tableSlope, ...others] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        // These have no gradient; tfjs wants one of the same shape.
        return [tf.mul(slope, dy), tf.mul(tableSlope, dy), ...others.map((other) => tf.zerosLike(other))];
      },
    };
  });
  return loss(x, table, labels, weights) as tf.Scalar;
}

/** The loss of each label [n], and the class with the largest logit [n] int32: as above, some rows at a time. */
export function productLosses(
  x: tf.Tensor2D,
  table: tf.Tensor2D,
  labels: tf.Tensor1D,
  rowsAtOnce: number,
): { readonly losses: tf.Tensor; readonly predicted: tf.Tensor } {
  const predicted: tf.Tensor[] = [];
  const losses = inTurn(x, labels, rowsAtOnce, (part) => {
    const logits: tf.Tensor2D = tf.matMul(part.x, table, false, true);
    predicted.push(tf.argMax(logits, -1));
    return sparseCrossEntropy(logits, part.labels);
  });
  return { losses: joined(losses), predicted: joined(predicted) };
}

/** Each part begins when what is made of the one before it is there; a graph would do all of them at once otherwise. */
function inTurn(
  x: tf.Tensor2D,
  labels: tf.Tensor1D,
  rowsAtOnce: number,
  make: (part: Part) => tf.Tensor,
): tf.Tensor[] {
  const [rows, hidden] = x.shape;
  if (rows <= rowsAtOnce) return [make({ x, labels, start: 0 })];
  const made: tf.Tensor[] = [];
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - start);
    const own: tf.Tensor2D = tf.slice(x, [start, 0], [count, hidden]);
    const before = made.at(-1);
    const waiting = before ? (Recorder.current?.after(own, before) ?? own) : own;
    made.push(make({ x: waiting as tf.Tensor2D, labels: tf.slice(labels, [start], [count]), start }));
  }
  return made;
}

function joined(parts: readonly tf.Tensor[]): tf.Tensor {
  return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat([...parts], 0);
}
