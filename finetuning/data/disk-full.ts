import { DiagnosticError } from '../../diagnostics/index.js';

/**
 * What to throw for `cause`, which came while something was written: a full disk is the user's to mend, anything else
 * stays as it is.
 *
 * @param file what was written, as messages name it
 */
export function explained(cause: unknown, file: string): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return cause;
  return new DiagnosticError('disk-full', {
    message: `the disk is full while ${file} is written`,
    at: { file },
    fix: 'free some space and run the command again; what stood there before is untouched',
    cause,
  });
}
