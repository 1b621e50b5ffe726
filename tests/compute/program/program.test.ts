import {
  clipByGlobalNorm,
  compileProgram,
  counterKeys,
  dropout,
  gatherRows,
  interpretProgram,
  sparseCrossEntropy,
  tf,
  type Program,
  type ProgramDefinition,
} from '../../../compute/index.js';
import { largestError, someValues } from '../both-ways.js';

const [ROWS, VOCABULARY, WIDTH, CLASSES] = [6, 10, 4, 3];

/** An embedding, dropout, a layer, cross entropy, clipping, AdamW: all that a training step has, small. */
const training: ProgramDefinition = {
  variables: Object.fromEntries(
    Object.entries({ table: [VOCABULARY, WIDTH], weight: [CLASSES, WIDTH] }).flatMap(([name, shape]) =>
      ['', '/m', '/v'].map((part) => [`${name}${part}`, { shape, dtype: 'float32' as const }]),
    ),
  ),
  signatures: {
    step: {
      feeds: {
        ids: { shape: [ROWS], dtype: 'int32' },
        labels: { shape: [ROWS], dtype: 'int32' },
        counter: { shape: [2], dtype: 'int32' },
        rate: { shape: [], dtype: 'float32' },
      },
      build({ variables, feeds }) {
        const key = counterKeys(feeds.counter as tf.Tensor1D);
        const trained = ['table', 'weight'].map((name) => variables[name] as tf.Variable);
        const { value, grads } = tf.variableGrads(() => {
          const rows = gatherRows(variables.table as tf.Tensor as tf.Tensor2D, feeds.ids as tf.Tensor1D);
          const kept = dropout(rows, 0.25, key('rows'));
          const logits: tf.Tensor2D = tf.matMul(tf.tanh(kept), variables.weight as tf.Variable, false, true);
          return tf.mean(sparseCrossEntropy(logits, feeds.labels as tf.Tensor1D)) as tf.Scalar;
        }, trained);
        const gradients = trained.map((variable) => grads[variable.name] as tf.Tensor);
        const { clipped, norm } = clipByGlobalNorm(gradients, 0.5);
        return {
          outputs: { loss: value, norm },
          adam: ['table', 'weight'].map((variable, index) => ({
            variable,
            m: `${variable}/m`,
            v: `${variable}/v`,
            gradient: clipped[index] as tf.Tensor,
            learningRate: feeds.rate as tf.Tensor,
            beta1Power: tf.scalar(0.9),
            beta2Power: tf.scalar(0.999),
            beta1: tf.scalar(0.9),
            beta2: tf.scalar(0.999),
            epsilon: tf.scalar(1e-8),
            scale: tf.scalar(0.999),
          })),
        };
      },
    },
    total: {
      feeds: {},
      build: ({ variables }) => ({ outputs: { total: tf.sum(variables.table as tf.Tensor) } }),
    },
  },
};

const start = { table: someValues(VOCABULARY * WIDTH), weight: someValues(CLASSES * WIDTH, 0.5) };
const feedsOf = (step: number): Parameters<Program['run']>[1] => ({
  ids: Int32Array.of(1, 5, 1, 9, 0, 3),
  labels: Int32Array.of(0, 1, 2, 0, 1, 2),
  counter: Int32Array.of(42, step),
  rate: Float32Array.of(0.05),
});

function train(program: Program, steps: number): { losses: number[]; state: ReturnType<Program['read']> } {
  program.assign(start);
  const losses = Array.from(
    { length: steps },
    (_, step) => program.run('step', feedsOf(step)).loss?.[0] as number,
  );
  const state = program.read(Object.keys(training.variables));
  program.dispose();
  return { losses, state };
}

describe('a compiled program', () => {
  it('does what tfjs does, step by step', () => {
    const compiled = train(compileProgram(training), 10);
    const interpreted = train(interpretProgram(training), 10);
    expect(compiled.losses[9]).toBeLessThan(compiled.losses[0] as number);
    // The Adam kernel may contract a product and a sum into one rounding: units in the last place, summed over ten steps.
    compiled.losses.forEach((loss, step) => expect(loss).toBeCloseTo(interpreted.losses[step] as number, 5));
    for (const [name, values] of Object.entries(compiled.state))
      expect(largestError(values, interpreted.state[name] as Float32Array, 0.1)).toBeLessThan(16);
  });

  it('gives the same bits each time it is compiled', () => {
    expect(train(compileProgram(training), 5)).toEqual(train(compileProgram(training), 5));
  });

  it('continues from state that was read, bit for bit', () => {
    const whole = train(compileProgram(training), 6);
    const first = compileProgram(training);
    first.assign(start);
    for (let step = 0; step < 3; step++) first.run('step', feedsOf(step));
    const saved = first.read(Object.keys(training.variables));
    first.dispose();
    const second = compileProgram(training);
    second.assign(saved);
    for (let step = 3; step < 6; step++) second.run('step', feedsOf(step));
    expect(second.read(Object.keys(training.variables))).toEqual(whole.state);
    second.dispose();
  });

  it('leaves the arrays that were assigned to it alone', () => {
    const size = 1 << 18;
    const shape = [size];
    const spec = { shape, dtype: 'float32' as const };
    const program = compileProgram({
      variables: { x: spec, m: spec, v: spec },
      signatures: {
        step: {
          feeds: {},
          build: () => ({
            outputs: {},
            adam: [
              {
                variable: 'x', m: 'm', v: 'v', gradient: tf.ones(shape), learningRate: tf.scalar(1), beta1Power: tf.scalar(0.9),
                beta2Power: tf.scalar(0.999), beta1: tf.scalar(0.9), beta2: tf.scalar(0.999), epsilon: tf.scalar(1e-8),
              },
            ],
          }),
        },
      },
    }); // prettier-ignore
    const values = new Float32Array(size).fill(5);
    program.assign({ x: values });
    const before = program.read(['x']).x as Float32Array;
    expect(program.run('step', {})).toEqual({});
    expect(program.read(['x']).x?.[7]).toBeCloseTo(4, 4);
    expect(values.every((value) => value === 5)).toBe(true);
    expect(before.every((value) => value === 5)).toBe(true);
    program.dispose();
  });

  it('starts with zeros and shares variables between signatures', () => {
    const program = compileProgram(training);
    expect(program.run('total', {})).toEqual({ total: Float32Array.of(0) });
    program.assign({ table: new Float32Array(VOCABULARY * WIDTH).fill(1) });
    expect(program.run('total', {})).toEqual({ total: Float32Array.of(VOCABULARY * WIDTH) });
    program.dispose();
  });

  it('calculates all updates from the old values', () => {
    const spec = { shape: [2], dtype: 'int32' as const };
    const definition: ProgramDefinition = {
      variables: { a: spec, b: spec },
      signatures: {
        swap: {
          feeds: {},
          build: ({ variables: { a, b } }) => ({
            outputs: { sum: tf.add(a as tf.Tensor, b as tf.Tensor) },
            updates: { a: b as tf.Tensor, b: a as tf.Tensor },
          }),
        },
      },
    };
    for (const program of [compileProgram(definition), interpretProgram(definition)]) {
      program.assign({ a: Int32Array.of(1, 2), b: Int32Array.of(30, 40) });
      expect(program.run('swap', {})).toEqual({ sum: Int32Array.of(31, 42) });
      expect(program.read(['a', 'b'])).toEqual({ a: Int32Array.of(30, 40), b: Int32Array.of(1, 2) });
      program.dispose();
    }
  });
});
