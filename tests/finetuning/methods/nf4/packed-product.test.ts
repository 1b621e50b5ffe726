import { compileProgram, interpretProgram, tf, type TensorData } from '../../../../compute/index.js';
import { packedForm } from '../../../../finetuning/methods/nf4/packed-form.js';
import { dequantize, packedMatMul } from '../../../../finetuning/methods/nf4/packed-product.js';
import { packedTensors } from '../../../../finetuning/methods/qlora.js';
import type { LayerKind } from '../../../../finetuning/models/layers/layer.js';
import { SafetensorsFile } from '../../../../finetuning/models/safetensors/safetensors-file.js';
import { largestError, someValues } from '../../../compute/both-ways.js';

const expected = SafetensorsFile.open('tests/finetuning/fixtures/nf4.safetensors');
afterAll(() => expected.close());
const cases = expected.names
  .filter((name) => name.endsWith('.values'))
  .map((name) => name.split('.')[0] as string)
  // TensorFlow takes what is below the smallest normal number for 0.
  .filter((name) => name !== 'denormal' && name !== 'tiny');
const executors = { compiled: compileProgram, interpreted: interpretProgram };
const bits = (values: TensorData): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length);

const bytes = (variables: Readonly<Record<string, TensorData>>): number =>
  Object.values(variables).reduce((sum, { byteLength }) => sum + byteLength, 0);

describe('a weight in NF4', () => {
  it.each([
    [768, 2304],
    [768, 3072],
    [384, 384],
    [1024, 4096],
  ])('takes at most 4.2 bits a value: [%d, %d]', (output, input) => {
    const form = packedForm('w', [output, input], 'linear');
    const held = form.encode(someValues(output * input));
    expect((bytes(held) * 8) / (output * input)).toBeLessThanOrEqual(4.2);
    for (const [name, { shape, dtype }] of Object.entries(form.variables)) {
      expect(held[name]).toHaveLength(shape.reduce((product, size) => product * size, 1));
      expect(dtype === 'int32').toBe(held[name] instanceof Int32Array);
    }
  });

  it.each<[LayerKind, number[]]>([
    ['linear', [5, 13]],
    ['conv1d', [5, 13]],
    ['conv2d', [3, 4, 3, 3]],
  ])('comes back the way round it was stored: %s', (kind, shape) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const form = packedForm('w', shape, kind);
    const back = form.decode(form.encode(someValues(count)));
    // Between two codes lies at most 0.31 of a block's largest value.
    someValues(count).forEach((value, index) =>
      expect(Math.abs((back[index] as number) - value)).toBeLessThan(0.16),
    );
  });

  describe.each(Object.keys(executors) as (keyof typeof executors)[])('%s', (executor) => {
    it.each(cases)('is made in the graph to the last bit: %s', (name) => {
      const values = expected.readFloat32(`${name}.values`);
      const form = packedForm('w', [values.length], 'linear');
      const program = executors[executor]({
        variables: form.variables,
        signatures: {
          weight: {
            feeds: { after: { shape: [1], dtype: 'float32' } },
            build: ({ variables, feeds: { after } }) => {
              const packed = packedTensors('w', { weight: (part) => variables[part] as tf.Tensor });
              return { outputs: { w: dequantize(packed, [values.length], after as tf.Tensor) } };
            },
          },
        },
      });
      program.assign(form.encode(values));
      const { w } = program.run('weight', { after: Float32Array.of(0) });
      program.dispose();
      expect(bits(w as TensorData)).toEqual(bits(expected.readFloat32(`${name}.dequantized`)));
    });

    it('multiplies, and carries gradients, as the values it stands for', () => {
      const [rows, input, output] = [6, 40, 24];
      const form = packedForm('w', [output, input], 'linear');
      const packedValues = form.encode(someValues(output * input));
      const program = executors[executor]({
        variables: {
          ...form.variables,
          x: { shape: [rows, input], dtype: 'float32' },
          plain: { shape: [output, input], dtype: 'float32' },
        },
        signatures: {
          both: {
            feeds: {},
            build({ variables }) {
              const x = variables.x as tf.Variable;
              const packed = packedTensors('w', { weight: (part) => variables[part] as tf.Tensor });
              const withGradient = (multiply: () => tf.Tensor): [tf.Tensor, tf.Tensor] => {
                const { value, grads } = tf.variableGrads(
                  () => tf.sum(tf.square(multiply())) as tf.Scalar,
                  [x],
                );
                return [value, grads[x.name] as tf.Tensor];
              };
              const [y, dx] = withGradient(() => packedMatMul(x, packed, [output, input]));
              const [yPlain, dxPlain] = withGradient(() =>
                tf.matMul(x as tf.Tensor2D, variables.plain as tf.Tensor2D, false, true),
              );
              return { outputs: { y, dx, yPlain, dxPlain } };
            },
          },
        },
      });
      program.assign({ ...packedValues, x: someValues(rows * input), plain: form.decode(packedValues) });
      const { y, dx, yPlain, dxPlain } = program.run('both', {});
      program.dispose();
      expect(largestError(y as TensorData, yPlain as TensorData)).toBeLessThan(16);
      expect(largestError(dx as TensorData, dxPlain as TensorData)).toBeLessThan(64);
      expect(Math.max(...(dx as Float32Array))).toBeGreaterThan(1);
    });
  });
});
