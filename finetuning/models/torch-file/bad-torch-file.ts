import { DiagnosticError } from '../../../diagnostics/index.js';

export function badTorchFile(
  file: string,
  message: string,
  details: { readonly expected?: string; readonly found?: string; readonly cause?: unknown } = {},
): DiagnosticError {
  return new DiagnosticError('bad-torch-file', {
    message,
    at: { file },
    fix: 'fetch or write the file again; this one is damaged or was not written by torch.save',
    ...details,
  });
}

/** For a file that asks its reader to do something. Nothing of what it asks was done. */
export function unsafePickle(file: string, message: string, found: string): DiagnosticError {
  return new DiagnosticError('unsafe-pickle', {
    message,
    at: { file },
    expected: 'tensors by name, as torch.save(model.state_dict(), file) writes them',
    found,
    fix: 'save the state dict alone, or take the same weights as safetensors; do not load this file in Python unless you trust who made it',
  });
}
