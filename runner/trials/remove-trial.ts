import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolder } from '../run-folder.js';
import { trialCopy, type TrialPlace } from './prepare-trial.js';
import { removeFolder } from './remove-folder.js';
import { sweepFolder } from './sweep-folder.js';

/** How long a command that was left behind has to end. */
const GRACE_SECONDS = 10;

/** Removes a trial's copy. What it made is in the cache, and what its commands printed is with the logs of its run. */
export async function removeTrial(place: TrialPlace): Promise<void> {
  const { folder, project } = await trialCopy(place);
  // A command whose worker was killed still writes there.
  if (existsSync(project)) await RunFolder.endLeftovers(project, GRACE_SECONDS);
  await removeFolder(folder);
  await removeFolder(`${folder}.new`);
}

/** Checkpoints of trials that nobody will promote any more. */
export async function removeTrialCheckpoints(root: string, sweep: string): Promise<void> {
  await removeFolder(sweepFolder(root, sweep).allCheckpoints);
}

/** The same for all that a sweep left. */
export async function removeTrials(root: string, sweep: string): Promise<void> {
  const trials = join(sweepFolder(root, sweep).path, 'trials');
  const names = await readdir(trials).catch(() => []);
  const labels = new Set(names.map((name) => name.replace(/\.new$/, '')));
  for (const label of labels) await removeTrial({ root, folder: '', sweep, label });
  await removeTrialCheckpoints(root, sweep);
}
