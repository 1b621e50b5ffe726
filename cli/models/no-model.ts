import { DiagnosticError } from '../../diagnostics/index.js';

/**
 * @param folder as it was named
 * @param by how another is named
 */
export function noModel(folder: string, by = ' with --model'): DiagnosticError {
  return new DiagnosticError('no-model', {
    message: `there is no model at ${folder}`,
    fix: `train one with \`reprise repro\` or \`reprise finetune\`, fetch it with \`reprise pull\`, or name another${by}`,
  });
}
