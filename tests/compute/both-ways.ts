import {
  compileProgram,
  interpretProgram,
  type Program,
  type ProgramDefinition,
  type SignatureDefinition,
  type TensorData,
} from '../../compute/index.js';

/** Runs one signature compiled and interpreted. */
export function bothWays(
  signature: SignatureDefinition,
  feeds: Readonly<Record<string, TensorData>>,
): { readonly compiled: Record<string, TensorData>; readonly interpreted: Record<string, TensorData> } {
  const definition: ProgramDefinition = { variables: {}, signatures: { only: signature } };
  const run = (program: Program): Record<string, TensorData> => {
    try {
      return program.run('only', feeds);
    } finally {
      program.dispose();
    }
  };
  return { compiled: run(compileProgram(definition)), interpreted: run(interpretProgram(definition)) };
}

/** Values that have both signs and no pattern, the same each time. */
export function someValues(size: number, scale = 1): Float32Array {
  return Float32Array.from({ length: size }, (_, index) => Math.sin(index * 12.9898 + 1) * scale);
}

/** Distance in units of the larger one's last place, at least that of `floor`. */
export function largestError(a: TensorData, b: TensorData, floor = 1e-3): number {
  let largest = a.length === b.length ? 0 : Infinity;
  a.forEach((value, index) => {
    const other = b[index] as number;
    const scale = Math.max(Math.abs(value), Math.abs(other), floor);
    largest = Math.max(largest, Math.abs(value - other) / scale / 2 ** -23);
  });
  return largest;
}
