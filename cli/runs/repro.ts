import { openState } from '../../runner/project.js';
import { endAbandoned } from '../connection/embedded/end-abandoned.js';
import { resolveTarget } from '../connection/target.js';
import { findChanges } from './changes.js';
import { openLocalProject, type LocalProject } from './local-project.js';
import { selectionOf, type ReproOptions } from './repro-options.js';
import { RunOwner } from './run-owner.js';
import { tellEnd } from './tell-end.js';

/**
 * `reprise repro`: checks the project, and runs what is not up to date.
 *
 * @throws CommandExit when a stage failed or the user ended it; DiagnosticError
 */
export async function repro(options: ReproOptions): Promise<void> {
  const dataIsHere = options.workspace === undefined && !options.input.allowMissing;
  const local = await openLocalProject(options.cwd, selectionOf(options), { dataIsHere });
  if (await isUpToDate(options, local)) return;
  // What speaks to Temporal takes a second to load: a mistake in a file, or nothing to do, is told before.
  const { runOnServer } = await import('./run-on-server.js');
  await runOnServer(options, local);
}

/** Where nothing changed there is nothing to ask a server, unless a run was left unfinished. */
async function isUpToDate(
  { input, connection, renderer }: ReproOptions,
  local: LocalProject,
): Promise<boolean> {
  if (input.force || resolveTarget(connection).kind === 'remote') return false;
  const state = await openState(local.root);
  if (new RunOwner(state).present()) return false;
  const started = Date.now();
  const changes = await findChanges(local, { allowMissing: input.allowMissing });
  if (changes.some(({ reasons }) => reasons.length > 0)) return false;
  const stages = changes.map(({ stage }) => ({
    address: stage.address,
    outcome: 'skipped' as const,
    seconds: 0,
    attempts: 0,
  }));
  // Of a run that was killed when all was done, the server may be there still.
  await endAbandoned(state);
  const seconds = (Date.now() - started) / 1000;
  await tellEnd(local, { status: 'up-to-date', seconds, stages }, (event) => renderer.show(event));
  return true;
}
