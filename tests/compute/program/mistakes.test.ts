import { DiagnosticError } from '../../../diagnostics/index.js';
import {
  compileProgram,
  interpretProgram,
  tf,
  type ProgramDefinition,
  type SignatureScope,
  type SignatureResult,
} from '../../../compute/index.js';
import { backend } from '../../../compute/native/backend.js';
import { operation, typeAttribute } from '../../../compute/ops/raw-operation.js';

const definitionOf = (build: (scope: SignatureScope) => SignatureResult): ProgramDefinition => ({
  variables: { w: { shape: [2, 3], dtype: 'float32' } },
  signatures: { run: { feeds: { x: { shape: [4, 2], dtype: 'float32' } }, build } },
});

function errorOf(action: () => unknown): DiagnosticError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(DiagnosticError);
    return error as DiagnosticError;
  }
  throw new Error('nothing was thrown');
}

describe('mistakes in model code are shown with their line', () => {
  it('an operation without a rule', () => {
    const error = errorOf(() =>
      compileProgram(
        definitionOf(({ feeds }) => ({
          outputs: { y: operation('MatrixInverse', [typeAttribute('T', 'float32')], [feeds.x as tf.Tensor]) },
        })),
      ),
    );
    expect(error.code).toBe('unknown-operation');
    expect(error.message).toContain('MatrixInverse');
    expect(error.at?.file).toContain('mistakes.test.ts');
  });

  it('a read of values that are not there yet', () => {
    const error = errorOf(() =>
      compileProgram(definitionOf(({ feeds }) => ({ outputs: { y: tf.scalar(tf.sum(feeds.x as tf.Tensor).dataSync()[0] as number) } }))),
    ); // prettier-ignore
    expect(error.code).toBe('host-read');
    expect(error.at?.file).toContain('mistakes.test.ts');
  });

  it('a kernel that reads on the host, by name', () => {
    const error = errorOf(() =>
      compileProgram(
        definitionOf(({ feeds, variables }) => ({
          outputs: { y: tf.gather(variables.w as tf.Tensor, tf.cast(tf.slice(feeds.x as tf.Tensor, [0, 0], [4, 1]), 'int32')) },
        })),
      ),
    ); // prettier-ignore
    expect(error.code).toBe('host-read');
    expect(error.message).toContain('GatherV2');
    expect(error.fix).toContain('gatherRows');
  });

  it('a tensor from elsewhere', () => {
    const outside = tf.add(tf.ones([4, 2]), 1);
    const error = errorOf(() =>
      compileProgram(
        definitionOf(({ feeds }) => ({ outputs: { y: tf.add(feeds.x as tf.Tensor, outside) } })),
      ),
    );
    expect(error.code).toBe('foreign-tensor');
    outside.dispose();
  });

  it('shapes that do not go together', () => {
    const attributes = [
      typeAttribute('T', 'float32'),
      { name: 'transpose_a', type: backend.binding.TF_ATTR_BOOL, value: false },
      { name: 'transpose_b', type: backend.binding.TF_ATTR_BOOL, value: false },
    ];
    const error = errorOf(() =>
      compileProgram(
        definitionOf(({ feeds }) => ({
          outputs: { y: operation('MatMul', attributes, [feeds.x as tf.Tensor, feeds.x as tf.Tensor]) },
        })),
      ),
    );
    expect(error.code).toBe('shape-mismatch');
    expect(error.found).toBe('[4, 2], [4, 2]');
    expect(error.at?.file).toContain('mistakes.test.ts');
  });

  it('an update of another shape, and two of one variable', () => {
    const wrong = definitionOf(({ feeds }) => ({ outputs: {}, updates: { w: feeds.x as tf.Tensor } }));
    expect(errorOf(() => compileProgram(wrong)).code).toBe('shape-mismatch');
    const unknown = definitionOf(({ feeds }) => ({ outputs: {}, updates: { u: feeds.x as tf.Tensor } }));
    expect(errorOf(() => compileProgram(unknown)).code).toBe('unknown-variable');
  });

  it('leaves tfjs as it was', () => {
    const kept = tf.tensor1d([1, 2, 3]);
    const broken = definitionOf(() => {
      tf.mul(kept, 2);
      throw new Error('from the build');
    });
    const before = tf.memory().numTensors;
    expect(() => compileProgram(broken)).toThrow('from the build');
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.tidy(() => tf.mul(kept, 2).arraySync())).toEqual([2, 4, 6]);
    kept.dispose();
  });
});

describe('mistakes in values', () => {
  const definition = definitionOf(({ feeds, variables }) => ({
    outputs: { y: tf.matMul(feeds.x as tf.Tensor, variables.w as tf.Tensor) },
  }));

  it.each([
    ['compiled', compileProgram],
    ['interpreted', interpretProgram],
  ])('%s', (_, make) => {
    const program = make(definition);
    const x = new Float32Array(8);
    const shape = errorOf(() => program.assign({ w: new Float32Array(5) }));
    expect(shape.code).toBe('shape-mismatch');
    expect(shape.message).toContain('w');
    expect(shape.expected).toContain('[2, 3]');
    expect(errorOf(() => program.assign({ w: new Int32Array(6) })).code).toBe('shape-mismatch');
    expect(errorOf(() => program.assign({ v: x })).code).toBe('unknown-variable');
    expect(errorOf(() => program.read(['v'])).code).toBe('unknown-variable');
    expect(errorOf(() => program.run('walk', { x })).code).toBe('unknown-signature');
    expect(errorOf(() => program.run('run', {})).code).toBe('missing-feed');
    expect(errorOf(() => program.run('run', { x, y: x })).code).toBe('unknown-feed');
    expect(errorOf(() => program.run('run', { x: new Float32Array(9) })).code).toBe('shape-mismatch');
    expect(program.run('run', { x })).toEqual({ y: new Float32Array(12) });
    program.dispose();
  });
});
