import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RunFolder } from '../run-folder.js';
import { trialCopy, type TrialPlace } from './prepare-trial.js';
import { removeFolder } from './remove-folder.js';
import { sweepFolder } from './sweep-folder.js';

/** How long a command that was left behind has to end. */
const GRACE_SECONDS = 10;

/**
 * Removes a trial's copy; its logs stay with the sweep. What it made is in the cache.
 *
 * @returns the folder of the logs
 */
export async function removeTrial(place: TrialPlace): Promise<string> {
  const { folder, project } = await trialCopy(place);
  const logs = sweepFolder(place.root, place.sweep).logs(place.label);
  // A command whose worker was killed still writes there.
  if (existsSync(project)) await RunFolder.endLeftovers(project, GRACE_SECONDS);
  await mkdir(dirname(logs), { recursive: true });
  await rename(join(project, '.reprise', 'logs'), logs).catch(() => undefined);
  await removeFolder(folder);
  await removeFolder(`${folder}.new`);
  return logs;
}

/** The same for all that a sweep left. */
export async function removeTrials(root: string, sweep: string): Promise<void> {
  const trials = join(sweepFolder(root, sweep).path, 'trials');
  const names = await readdir(trials).catch(() => []);
  const labels = new Set(names.map((name) => name.replace(/\.new$/, '')));
  for (const label of labels) await removeTrial({ root, folder: '', sweep, label });
}
