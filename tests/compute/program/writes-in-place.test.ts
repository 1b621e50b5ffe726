import {
  compileProgram,
  interpretProgram,
  rowsWritten,
  tf,
  type ProgramDefinition,
  type SignatureResult,
  type TensorData,
} from '../../../compute/index.js';
import { Graph } from '../../../compute/graph/graph.js';
import { compileSignature } from '../../../compute/program/compile-signature.js';
import { addVariable } from '../../../compute/program/graph-variables.js';
import { separateMemory } from '../../../compute/program/own-memory.js';
import { largestError, someValues } from '../both-ways.js';

const [ROWS, WIDTH] = [4, 6];
const spec = { shape: [ROWS, WIDTH], dtype: 'float32' as const };

interface Scope {
  readonly cache: tf.Tensor2D;
  readonly other: tf.Tensor2D;
  readonly fed: tf.Tensor2D;
  /** The table with a fed row, and row 1 again, at rows 1 and 3. */
  write(table: tf.Tensor2D): tf.Tensor2D;
}

type Build = (scope: Scope) => SignatureResult;

/** Large enough that its reader takes longer than the write. */
const slowly = (x: tf.Tensor): tf.Tensor => {
  const large = tf.tile(tf.reshape(x, [1, ROWS * WIDTH]), [40_000, 1]);
  return tf.mean(tf.sin(large), 0);
};

/** Signatures in this order, twice; all that they give, and both variables after each. */
function seen(
  signatures: Readonly<Record<string, Build>>,
  compile: (definition: ProgramDefinition) => ReturnType<typeof compileProgram>,
): TensorData[] {
  const program = compile({
    variables: { cache: spec, other: spec },
    signatures: Object.fromEntries(
      Object.entries(signatures).map(([name, build]) => [
        name,
        {
          feeds: { rows: { shape: [2, WIDTH], dtype: 'float32' }, fed: spec },
          build({ variables, feeds }) {
            const { cache, other } = variables as unknown as Scope;
            const rows = feeds['rows'] as tf.Tensor2D;
            const write = (table: tf.Tensor2D) => rowsWritten(table, tf.tensor1d([1, 3], 'int32'), rows);
            return build({ cache, other, fed: feeds['fed'] as tf.Tensor2D, write });
          },
        },
      ]),
    ),
  });
  try {
    program.assign({ cache: someValues(ROWS * WIDTH), other: someValues(ROWS * WIDTH, 3) });
    const values: TensorData[] = [];
    const fed = someValues(ROWS * WIDTH, 5);
    for (let turn = 1; turn <= 2; turn++)
      for (const name of Object.keys(signatures)) {
        const outputs = program.run(name, { rows: someValues(2 * WIDTH, 10 * turn), fed });
        values.push(...Object.values(outputs), ...Object.values(program.read(['cache', 'other'])));
      }
    expect(fed).toEqual(someValues(ROWS * WIDTH, 5));
    return values;
  } finally {
    program.dispose();
  }
}

function expectEqual(signatures: Readonly<Record<string, Build>>): void {
  const [compiled, interpreted] = [seen(signatures, compileProgram), seen(signatures, interpretProgram)];
  expect(compiled).toHaveLength(interpreted.length);
  compiled.forEach((values, at) =>
    expect(largestError(values, interpreted[at] as TensorData, 0.1)).toBeLessThan(64),
  );
}

describe('rows that are written into a variable', () => {
  it.each<[string, Build]>([
    [
      'what is made of its old values beside the write',
      ({ cache, write }) => ({ outputs: { old: slowly(cache) }, updates: { cache: write(cache) } }),
    ],
    [
      'what is made of its old and its new values',
      ({ cache, write }) => {
        const next = write(cache);
        return { outputs: { both: tf.sub(slowly(next), slowly(cache)) }, updates: { cache: next } };
      },
    ],
    [
      'what reads the old values only when it has the new ones',
      ({ cache, write }) => {
        const next = write(cache);
        return {
          outputs: { product: tf.matMul(tf.relu(next), cache, false, true) },
          updates: { cache: next },
        };
      },
    ],
    [
      'its old values as an output',
      ({ cache, write }) => ({
        outputs: { old: tf.reshape(cache, [WIDTH, ROWS]) },
        updates: { cache: write(cache) },
      }),
    ],
    [
      'another variable that takes its old values',
      ({ cache, write }) => ({ outputs: {}, updates: { cache: write(cache), other: cache } }),
    ],
    [
      'another variable that takes its new values',
      ({ cache, write }) => {
        const next = write(cache);
        return { outputs: {}, updates: { cache: next, other: next } };
      },
    ],
    [
      'itself, where it does not take the result',
      ({ cache, write }) => ({ outputs: { next: write(cache) } }),
    ],
    [
      'itself, where another takes the result',
      ({ cache, write }) => ({ outputs: {}, updates: { other: write(cache) } }),
    ],
    [
      'what is written between two writes',
      ({ cache, write }) => {
        const once = write(cache);
        const twice = rowsWritten(once, tf.tensor1d([0], 'int32'), tf.ones([1, WIDTH]));
        return { outputs: { once: slowly(once) }, updates: { cache: twice } };
      },
    ],
    [
      'the result of another write',
      ({ cache, write }) => {
        const other = rowsWritten(cache, tf.tensor1d([0], 'int32'), tf.ones([1, WIDTH]));
        return { outputs: { other: slowly(other) }, updates: { cache: write(cache) } };
      },
    ],
    ['a fed table', ({ fed, write }) => ({ outputs: { next: write(fed), fed } })],
    [
      'a constant table',
      ({ write }) => {
        const zeros = tf.zeros([ROWS, WIDTH]) as tf.Tensor2D;
        return { outputs: { next: write(zeros), sum: tf.sum(zeros) } };
      },
    ],
  ])('leave alone %s', (_, build) => {
    expectEqual({ build });
  });

  const write: Build = ({ cache, write }) => ({ outputs: {}, updates: { cache: write(cache) } });

  it.each<[string, Build]>([
    ['another variable', ({ other }) => ({ outputs: {}, updates: { cache: other } })],
    [
      'part of another variable and itself',
      ({ cache, other }) => ({
        outputs: {},
        updates: {
          cache: tf.reshape(tf.slice(tf.concat([other, cache]), [0, 0], [ROWS, WIDTH]), [ROWS, WIDTH]),
        },
      }),
    ],
    ['a constant', () => ({ outputs: {}, updates: { cache: tf.fill([ROWS, WIDTH], 7) } })],
    [
      'what follows from constants',
      () => ({ outputs: {}, updates: { cache: tf.add(tf.ones([ROWS, WIDTH]), tf.ones([ROWS, 1])) } }),
    ],
    ['what is fed', ({ fed }) => ({ outputs: {}, updates: { cache: fed } })],
    [
      'what another variable is given, too',
      ({ fed }) => {
        const value = tf.sin(fed);
        return { outputs: {}, updates: { cache: value, other: value } };
      },
    ],
    [
      'what another variable is given by an equal operation',
      ({ fed }) => ({ outputs: {}, updates: { cache: tf.sin(fed), other: tf.sin(fed) } }),
    ],
    [
      'what another variable is given by operations that come to the same',
      ({ fed }) => ({
        outputs: {},
        updates: { cache: tf.add(tf.sin(fed), tf.sin(fed)), other: tf.mul(2, tf.sin(fed)) },
      }),
    ],
    ['what comes to zeros', ({ fed }) => ({ outputs: {}, updates: { cache: tf.sub(fed, fed) } })],
    [
      'what is times zero',
      ({ fed }) => ({ outputs: {}, updates: { cache: tf.mul(fed, tf.zeros([ROWS, WIDTH])) } }),
    ],
    [
      'what comes to another variable',
      ({ other }) => ({ outputs: {}, updates: { cache: tf.mul(other, tf.ones([ROWS, WIDTH])) } }),
    ],
    [
      'what comes to the same as for another variable, and to what is fed',
      ({ fed }) => {
        const ones = tf.ones([ROWS, WIDTH]);
        return { outputs: {}, updates: { cache: tf.mul(fed, ones), other: tf.mul(fed, ones) } };
      },
    ],
  ])('leave alone what the variable was given before: %s', (_, begin) => {
    expectEqual({ begin, write });
  });

  it('leave alone a variable that was given their values before', () => {
    expectEqual({ keep: ({ cache }) => ({ outputs: {}, updates: { other: cache } }), write });
  });
});

it('nothing is copied where keys and values that are made together are written into later', () => {
  const graph = new Graph();
  const variables = { keys: addVariable(graph, 'keys', spec), values: addVariable(graph, 'values', spec) };
  const own = graph.nodes.filter(({ op }) => op === 'DeepCopy').length;
  const begin = compileSignature(
    graph,
    'begin',
    {
      feeds: { fed: { shape: [2, ROWS - 1, WIDTH], dtype: 'float32' } },
      build({ feeds }) {
        const [keys, values] = tf.unstack(tf.sin(feeds['fed'] as tf.Tensor)).map(
          (part) =>
          tf.pad(part, [[0, 1], [0, 0]]), // prettier-ignore
        ) as [tf.Tensor, tf.Tensor];
        return { outputs: {}, updates: { keys, values } };
      },
    },
    variables,
  );
  const step = compileSignature(
    graph,
    'step',
    {
      feeds: { row: { shape: [1, WIDTH], dtype: 'float32' } },
      build({ variables, feeds }) {
        const written = (name: string): tf.Tensor2D =>
          rowsWritten(
            variables[name] as tf.Tensor as tf.Tensor2D,
            tf.tensor1d([2], 'int32'),
            feeds['row'] as tf.Tensor2D,
          );
        const [keys, values] = [written('keys'), written('values')];
        return { outputs: { product: tf.matMul(keys, values, false, true) }, updates: { keys, values } };
      },
    },
    variables,
  );
  separateMemory(graph, [begin.changes, step.changes]);
  expect([...step.changes.inPlace.values()]).toEqual(['keys', 'values']);
  expect(graph.nodes.filter(({ op }) => op === 'DeepCopy')).toHaveLength(own);
});
