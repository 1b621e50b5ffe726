import {
  compileProgram,
  interpretProgram,
  rowsWritten,
  tf,
  type Program,
  type ProgramDefinition,
  type TensorData,
} from '../../../compute/index.js';
import { someValues } from '../both-ways.js';

/** Two texts, three heads, four slots, five values each: a cache. */
const shape = [2, 3, 4, 5];
const [VECTORS, WIDTH, PLACES] = [24, 5, 6];

const definition: ProgramDefinition = {
  variables: { cache: { shape, dtype: 'float32' }, other: { shape, dtype: 'float32' } },
  signatures: {
    write: {
      feeds: {
        places: { shape: [PLACES], dtype: 'int32' },
        rows: { shape: [PLACES, WIDTH], dtype: 'float32' },
      },
      build({ variables, feeds }) {
        const table: tf.Tensor2D = tf.reshape(variables['cache'] as tf.Tensor, [VECTORS, WIDTH]);
        const { places, rows } = feeds as { places: tf.Tensor1D; rows: tf.Tensor2D };
        const written = tf.reshape(rowsWritten(table, places, rows), shape);
        return { outputs: { sums: tf.sum(written, -1) }, updates: { cache: written } };
      },
    },
    begin: { feeds: {}, build: ({ variables }) => ({ outputs: {}, updates: { cache: tf.neg(variables['other'] as tf.Tensor) } }) }, // prettier-ignore
  },
};

function written(program: Program): { readonly seen: TensorData[]; readonly given: Float32Array } {
  const given = someValues(VECTORS * WIDTH);
  program.assign({ cache: given, other: given });
  const seen: TensorData[] = [];
  const write = (...places: number[]): void => {
    const feeds = { places: Int32Array.from(places), rows: someValues(PLACES * WIDTH, seen.length + 1) };
    seen.push(
      program.run('write', feeds)['sums'] as TensorData,
      program.read(['cache'])['cache'] as TensorData,
    );
  };
  write(3, 0, 7, 23, 12, 5);
  write(4, 1, 8, 22, 12, 6);
  program.run('begin', {});
  write(1, 2, 3, 4, 5, 6);
  seen.push(program.read(['other'])['other'] as TensorData);
  program.dispose();
  return { seen, given };
}

describe('rows that are written where a variable lies', () => {
  it('are those of a new table', () => {
    const { seen } = written(interpretProgram(definition));
    expect(written(compileProgram(definition)).seen).toEqual(seen);
  });

  it('leave alone what the variable was given, and what was read of it before', () => {
    const { seen, given } = written(compileProgram(definition));
    expect(given).toEqual(someValues(VECTORS * WIDTH));
    expect(seen.at(-1)).toEqual(given);
    expect(seen[1]).not.toEqual(seen[3]);
  });
});
