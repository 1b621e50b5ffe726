import { readFileSync, writeFileSync } from 'node:fs';
import { compileProgram, tf, type Program, type TensorSpec } from '../../../compute/index.js';
import { giveBackMemory } from '../../../compute/native/give-back.js';
import { bfloat16Form } from '../../../finetuning/methods/bfloat16/bfloat16-form.js';
import type { StoredForm } from '../../../finetuning/methods/method.js';
import { packedForm } from '../../../finetuning/methods/nf4/packed-form.js';
import { packedMatMul } from '../../../finetuning/methods/nf4/packed-product.js';
import { packedTensors } from '../../../finetuning/methods/qlora.js';

/** A process of its own: trains something below 24 layers of 4 million values, and prints what memory that took. */
const [LAYERS, ROWS, HIDDEN, INNER] = [24, 64, 1024, 4096];

type Value = (name: string) => tf.Tensor;

/** How a layer's weight is kept, and what makes a product of it. */
interface Kept {
  readonly products: 'float32' | 'bfloat16';
  form(name: string, shape: readonly number[]): StoredForm;
  product(x: tf.Tensor, form: StoredForm, name: string, shape: readonly number[], value: Value): tf.Tensor;
}

const kinds: Readonly<Record<string, Kept>> = {
  nf4: {
    products: 'float32',
    form: (name, shape) => packedForm(name, shape, 'linear'),
    product: (x, _, name, shape, weight) => packedMatMul(x, packedTensors(name, { weight }), shape),
  },
  bfloat16: {
    products: 'bfloat16',
    form: bfloat16Form,
    product: (x, form, _name, _shape, value) =>
      tf.matMul(x as tf.Tensor2D, form.tensor?.(value) as tf.Tensor2D, false, true),
  },
};
const kept = kinds[process.argv[2] ?? ''] as Kept;

interface Stack {
  readonly program: Program;
  readonly forms: readonly StoredForm[];
}

/** `layers` products one after the other, up to `inner` and back to `hidden`; what trains comes before the first. */
function stack(layers: number, hidden: number, inner: number): Stack {
  const variables: Record<string, TensorSpec> = { scale: { shape: [hidden], dtype: 'float32' } };
  const shapes = Array.from({ length: layers }, (_, index) =>
    index % 2 === 0 ? [inner, hidden] : [hidden, inner],
  );
  const forms = shapes.map((shape, index) => kept.form(`${index}`, shape));
  for (const form of forms) Object.assign(variables, form.variables);
  const program = compileProgram({
    variables,
    signatures: {
      step: {
        products: kept.products,
        feeds: { x: { shape: [ROWS, hidden], dtype: 'float32' } },
        build({ variables, feeds: { x } }) {
          const scale = variables.scale as tf.Variable;
          const weight = (name: string): tf.Tensor => variables[name] as tf.Tensor;
          const { value, grads } = tf.variableGrads(() => {
            let y: tf.Tensor = tf.mul(x as tf.Tensor, scale);
            for (const [index, shape] of shapes.entries())
              y = tf.tanh(kept.product(y, forms[index] as StoredForm, `${index}`, shape, weight));
            return tf.sum(y) as tf.Scalar;
          }, [scale]);
          const gradient = Object.values(grads)[0] as tf.Tensor;
          return { outputs: { loss: value }, updates: { scale: tf.sub(scale, tf.mul(gradient, 1e-3)) } };
        },
      },
    },
  });
  program.assign({ scale: new Float32Array(hidden).fill(1) });
  return { program, forms };
}

/** Mixes an integer's bits: `lowbias32`. */
function hash(index: number): number {
  const once = Math.imul(index ^ (index >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return (twice ^ (twice >>> 16)) >>> 0;
}

function load({ program, forms }: Stack, count: number): void {
  const values = Float32Array.from({ length: count }, (_, index) => (hash(index) / 2 ** 32 - 0.5) / 10);
  for (const form of forms) program.assign(form.encode(values));
}

/** MiB, as Linux counts them for this process. */
function memory(what: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

const x = (hidden: number): Float32Array => new Float32Array(ROWS * hidden).fill(0.1);
// What loading takes is given back with a first run.
const small = stack(2, 64, 128);
load(small, 64 * 128);
small.program.run('step', { x: x(64) });

const large = stack(LAYERS, HIDDEN, INNER);
giveBackMemory();
const compiled = memory('VmRSS');
load(large, HIDDEN * INNER);
giveBackMemory();
const loaded = memory('VmRSS');
const step = (): number | undefined => large.program.run('step', { x: x(HIDDEN) }).loss?.[0];
const first = step();
// The peak is counted from here on: what XLA's compiler took for itself has been given back.
writeFileSync('/proc/self/clear_refs', '5');
const losses = [first, step(), step(), step()];
const layer = (HIDDEN * INNER * 4) / 2 ** 20;
const [held, stepping] = [loaded - compiled, memory('VmHWM') - loaded];
console.log(JSON.stringify({ float: LAYERS * layer, layer, held, stepping, losses }));
