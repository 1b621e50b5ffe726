import { compileProgram, type TensorData } from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import { inferenceProgram } from '../models/inference-program.js';
import type { Network } from '../models/network.js';
import type { ProbeBatch, Probes } from './probes.js';

/** A network with a method and all values that go with it. */
export interface Model {
  readonly method: Method;
  readonly values: Readonly<Record<string, TensorData>>;
}

/** How far two models' logits are apart on the same inputs. */
export interface Drift {
  /** Rows of logits that were compared: one to an input, or to a token. */
  readonly rows: number;
  /** Of single logits. */
  readonly max_abs: number;
  /** The same in relation to the largest logit of its row. */
  readonly max_relative: number;
  /** Rows whose largest logit is the same class's in both. */
  readonly same_answer: number;
}

export function measureDrift(network: Network, before: Model, after: Model, probes: Probes): Drift {
  const widths = [...new Set(probes.batches.map(({ width }) => width))];
  const open = ({ method, values }: Model) => {
    const program = compileProgram(inferenceProgram(network, method, probes.rows, widths));
    program.assign(values);
    return program;
  };
  const [first, second] = [open(before), open(after)];
  const total = { rows: 0, max_abs: 0, max_relative: 0, same_answer: 0 };
  for (const batch of probes.batches) {
    const logits = (program: typeof first): Float32Array =>
      program.run(`predict/${batch.width}`, batch.inputs).logits as Float32Array;
    addRows(total, network.classes, batch, logits(first), logits(second));
  }
  first.dispose();
  second.dispose();
  return total;
}

type Total = { -readonly [Key in keyof Drift]: Drift[Key] };

/** @param before [n, classes] */
function addRows(
  total: Total,
  classes: number,
  { counted }: ProbeBatch,
  before: Float32Array,
  after: Float32Array,
): void {
  for (let row = 0; row < counted.length; row++) {
    if (!counted[row]) continue;
    const [x, y] = [before, after].map((all) => all.subarray(row * classes, (row + 1) * classes)) as [
      Float32Array,
      Float32Array,
    ];
    let [apart, largest] = [0, 0];
    for (let at = 0; at < classes; at++) {
      apart = Math.max(apart, Math.abs((x[at] as number) - (y[at] as number)));
      largest = Math.max(largest, Math.abs(x[at] as number));
    }
    total.rows++;
    total.max_abs = Math.max(total.max_abs, apart);
    total.max_relative = Math.max(total.max_relative, apart / (largest || 1));
    if (x.indexOf(Math.max(...x)) === y.indexOf(Math.max(...y))) total.same_answer++;
  }
}
