import { relative } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { checkoutObject, hashPath, lostByCheckout } from '../state/index.js';
import type { Project } from '../types.js';
import type { UsedOutput } from './used-outputs.js';

export interface CheckedOut {
  /** Brought to what dvc.lock says. */
  readonly changed: readonly UsedOutput[];
  readonly failed: readonly { readonly output: UsedOutput; readonly error: DiagnosticError }[];
}

/**
 * Makes outs in the workspace what dvc.lock says, from the cache. An out with content of the user's that nothing else has stays as
 * it is, unless `force` is set.
 */
export async function checkoutUsed(
  project: Project,
  outputs: readonly UsedOutput[],
  { force = false, signal }: { readonly force?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<CheckedOut> {
  const changed: UsedOutput[] = [];
  const failed: { output: UsedOutput; error: DiagnosticError }[] = [];
  for (const output of outputs) {
    signal?.throwIfAborted();
    const { out, locked } = output;
    try {
      const lost = force ? [] : await lostByCheckout(project, out.file, locked);
      if (lost.length > 0) throw wouldOverwrite(project, output, lost);
      const before = await hashPath(project, out.file, locked.hash ?? 'md5-dos2unix');
      await checkoutObject(project, out.file, locked, out.at);
      if (before?.md5 !== locked.md5) changed.push(output);
    } catch (error) {
      if (!(error instanceof DiagnosticError) || error.code === 'disk-full') throw error;
      failed.push({ output, error });
    }
  }
  return { changed, failed };
}

function wouldOverwrite(project: Project, { out }: UsedOutput, lost: readonly string[]): DiagnosticError {
  const first = relative(project.root, lost[0] ?? out.file);
  const more = lost.length > 1 ? ` and ${lost.length - 1} more` : '';
  return new DiagnosticError('would-overwrite', {
    message: `${first}${more} would be overwritten, and the cache does not have its content`,
    at: out.at,
    fix: 'move it away, keep it (dvc commit), or give it up with --force',
  });
}
