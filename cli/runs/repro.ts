import { join } from 'node:path';
import { openState } from '../../runner/project.js';
import { endAbandoned } from '../connection/embedded/end-abandoned.js';
import { resolveTarget, type Target } from '../connection/target.js';
import { findChanges } from './changes.js';
import { openLocalProject, type LocalProject } from './local-project.js';
import { selectionOf, type ReproOptions } from './repro-options.js';
import { RunOwner, openRunName } from './run-owner.js';
import { isServedHere } from './served-here.js';
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
async function isUpToDate(options: ReproOptions, local: LocalProject): Promise<boolean> {
  const { input, connection, renderer } = options;
  const target = resolveTarget(connection);
  const state = target.kind === 'embedded' ? await openState(local.root) : join(local.root, '.reprise');
  if (input.force || !isJudgedHere(options, target, state)) return false;
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
  if (target.kind === 'embedded') await endAbandoned(state);
  const seconds = (Date.now() - started) / 1000;
  await tellEnd(local, { status: 'up-to-date', seconds, stages }, (event) => renderer.show(event));
  return true;
}

/**
 * Whether the files that lie here are those that a run would look at. With a server of others, the workers' folder may be another
 * one of the same name: it is this one when one of them runs on this host and serves it.
 */
function isJudgedHere({ workspace, taskQueue }: ReproOptions, target: Target, state: string): boolean {
  if (target.kind === 'embedded') return !new RunOwner(state).present();
  if (workspace !== undefined || taskQueue !== undefined) return false;
  return isServedHere(state, target) && !new RunOwner(state, openRunName(target)).present();
}
