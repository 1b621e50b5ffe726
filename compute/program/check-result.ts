import type * as tfjs from '@tensorflow/tfjs-core';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { SignatureResult, TensorSpec } from '../types.js';
import { lookUp } from './check-values.js';

/**
 * Do a signature's updates fit their variables, each of which is updated once?
 *
 * @throws DiagnosticError `unknown-variable`, `shape-mismatch`, `updated-twice`
 */
export function checkResult(
  signature: string,
  variables: Readonly<Record<string, TensorSpec>>,
  { updates = {}, adam = [] }: SignatureResult,
): void {
  const updated = new Set<string>();
  const check = (name: string, value?: tfjs.Tensor): void => {
    const spec = lookUp(variables, name, 'variable');
    if (updated.has(name)) {
      throw new DiagnosticError('updated-twice', {
        message: `signature ${signature} updates ${name} twice`,
        fix: 'combine the two updates into one',
      });
    }
    updated.add(name);
    if (!value || (value.dtype === spec.dtype && value.shape.join() === spec.shape.join())) return;
    throw new DiagnosticError('shape-mismatch', {
      message: `signature ${signature} updates ${name} with a tensor of another shape or type`,
      expected: `${spec.dtype} [${spec.shape.join(', ')}]`,
      found: `${value.dtype} [${value.shape.join(', ')}]`,
      fix: `update ${name} with a tensor of its own shape`,
    });
  };
  for (const [name, value] of Object.entries(updates)) check(name, value);
  for (const { variable, m, v, gradient } of adam) {
    check(variable, gradient);
    check(m, gradient);
    check(v, gradient);
  }
}
