import { parseWith } from '../../diagnostics/index.js';
import { reproduceInput, retrainInput } from '../../workflows/index.js';

/**
 * A mistake in the input is told now, and not when the schedule first fires.
 *
 * @throws DiagnosticError `bad-input`
 */
export function checkedInput(workflow: 'retrain' | 'reproduce', input: object): void {
  const option = { locate: () => ({ file: '--input' }) };
  parseWith(workflow === 'retrain' ? retrainInput : reproduceInput, input, 'bad-input', option);
}
