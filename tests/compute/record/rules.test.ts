import { tf } from '../../../compute/index.js';
import { shapeRules } from '../../../compute/record/shapes/rules.js';
import { backend } from '../../../compute/native/backend.js';
import { bothWays, largestError, someValues } from '../both-ways.js';
import { operationCases, type Inputs } from './operation-cases.js';

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** The rule says what comes out; TensorFlow does it. Both must agree in type and shape, and the compiled value must be right. */
describe('each shape rule agrees with real execution', () => {
  it.each(operationCases)('$name', ({ shapes, build, exact = true }) => {
    const feeds = Object.fromEntries(
      shapes.map((shape, index) => [`x${index}`, { shape, dtype: 'float32' as const }]),
    );
    const values = Object.fromEntries(
      shapes.map((shape, index) => [`x${index}`, someValues(size(shape) + index).slice(index)]),
    );
    const seen: { shape: number[]; dtype: string }[][] = [];
    const { compiled, interpreted } = bothWays(
      {
        feeds,
        build({ feeds }) {
          const outputs = build(shapes.map((_, index) => feeds[`x${index}`]) as Inputs);
          seen.push(outputs.map(({ shape, dtype }) => ({ shape, dtype })));
          return { outputs: Object.fromEntries(outputs.map((output, index) => [`y${index}`, output])) };
        },
      },
      values,
    );
    expect(seen).toHaveLength(2);
    expect(seen[0]).toEqual(seen[1]);
    for (const [name, value] of Object.entries(compiled)) {
      const other = interpreted[name] as typeof value;
      expect(value.constructor).toBe(other.constructor);
      if (exact) expect(value).toEqual(other);
      else expect(largestError(value, other)).toBeLessThan(8);
    }
  });

  it('each rule has a case', () => {
    const used = new Set<string>();
    const binding = backend.binding;
    backend.binding = Object.create(binding, {
      executeOp: {
        value: (...call: Parameters<typeof binding.executeOp>) => {
          used.add(call[0]);
          return binding.executeOp(...call);
        },
      },
    }) as typeof binding;
    try {
      tf.tidy(() => {
        for (const { shapes, build } of operationCases)
          build(shapes.map((shape) => tf.tensor(someValues(size(shape)), shape)) as Inputs);
      });
    } finally {
      backend.binding = binding;
    }
    expect([...shapeRules.keys()].filter((op) => !used.has(op))).toEqual([]);
  });
});
