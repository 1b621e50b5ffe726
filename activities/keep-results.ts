import { setMaxListeners } from 'node:events';
import { DiagnosticError } from '../diagnostics/index.js';
import { saveRun, type LockEntry } from '../dvc/index.js';
import { projectDefaults, settingsOf } from '../runner/index.js';
import { pushResults } from '../workspaces/index.js';
import { outlastingDrain } from './outlasting-drain.js';
import type { Work } from './stage-work.js';

/** What is not in the cache, no other host could have. */
export function savingOf({ input, absent }: Pick<Work, 'input' | 'absent'>): { commit: boolean } {
  return { commit: input.commit !== false || absent !== undefined };
}

/**
 * Puts what a stage made where the next run, or another host, finds it.
 *
 * @param options `hasTurn`: the remote let this attempt write before; a refusal now may be mended while the stage is tried again
 */
export async function keep(work: Work, entry: LockEntry, { hasTurn = false } = {}): Promise<void> {
  const { project, stage, absent, beat } = work;
  if (!savingOf(work).commit) return;
  const isRun = await saveRun(project, stage, entry);
  if (!absent) return;
  beat.update({ message: 'pushing outs' });
  const { remote } = absent;
  const { grace } = settingsOf(stage, projectDefaults(project.root));
  // A host that is taken back has its outs nowhere else yet: what does not cross now is made again.
  await outlastingDrain(grace, async (signal) => {
    setMaxListeners(0, signal);
    try {
      await pushResults({ project, stage, entry, isRun, remote, signal });
    } catch (error) {
      throw hasTurn && isDenied(error) ? forNow(error) : error;
    }
  });
}

function isDenied(error: unknown): error is DiagnosticError {
  return error instanceof DiagnosticError && error.code === 'remote-denied';
}

/** The credentials have ended: until they are renewed, what the stage made is in this host's cache. */
function forNow({ code, message, fix, found, cause }: DiagnosticError): DiagnosticError {
  return new DiagnosticError(code, {
    message,
    ...(found === undefined ? {} : { found }),
    ...(fix === undefined ? {} : { fix }),
    cause,
    transient: true,
  });
}
