import { DiagnosticError } from '../../diagnostics/index.js';
import type { TensorData, TensorSpec } from '../types.js';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

export const elements = ({ shape }: TensorSpec): number => shape.reduce((product, size) => product * size, 1);

export const byteLength = (spec: TensorSpec): number => elements(spec) * ARRAYS[spec.dtype].BYTES_PER_ELEMENT;

/**
 * Are these the values of such a tensor?
 *
 * @param role `variable` or `feed`
 * @throws DiagnosticError `shape-mismatch`
 */
export function checkValues(role: string, name: string, spec: TensorSpec, values: TensorData): void {
  const wanted = ARRAYS[spec.dtype];
  if (values instanceof wanted && values.length === elements(spec)) return;
  throw new DiagnosticError('shape-mismatch', {
    message: `${role} ${name} is given values of another shape or type`,
    expected: `${elements(spec)} values of ${spec.dtype} for shape [${spec.shape.join(', ')}], as a ${wanted.name}`,
    found: `${values.length} values in a ${values.constructor.name}`,
    fix: `give ${name} values of its own shape`,
  });
}

/** @throws DiagnosticError `unknown-variable`, `unknown-feed`, … `code` */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string, role: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(table);
  throw new DiagnosticError(`unknown-${role}`, {
    message: `the program has no ${role} ${name}`,
    expected: known.length > 20 ? `${known.slice(0, 20).join(', ')}, …` : known.join(', '),
    fix: `correct the ${role}'s name`,
  });
}

/** @throws DiagnosticError `missing-feed`, `unknown-feed`, `shape-mismatch` */
export function checkFeeds(
  signature: string,
  specs: Readonly<Record<string, TensorSpec>>,
  feeds: Readonly<Record<string, TensorData>>,
): void {
  for (const name of Object.keys(feeds)) lookUp(specs, name, 'feed');
  for (const [name, spec] of Object.entries(specs)) {
    const values = feeds[name];
    if (!values) {
      throw new DiagnosticError('missing-feed', {
        message: `signature ${signature} is not given its feed ${name}`,
        fix: `feed ${name}`,
      });
    }
    checkValues('feed', name, spec, values);
  }
}
