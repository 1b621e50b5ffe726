import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openState } from '../run-folder.js';

/** Where one sweep keeps its things: `.reprise/sweeps/<id>/`. */
export interface SweepFolder {
  readonly path: string;
  /** A bare repository with one commit of its own: the project as it was when the sweep began. All else it borrows from the user's. */
  readonly base: string;
  /** A trial's copy of the repository. */
  trial(label: string): string;
  /** Checkpoints of a trial that may be promoted: they outlive its copy. */
  checkpoints(trial: string): string;
  /** Those of all trials. */
  readonly allCheckpoints: string;
  /** What `sweep list`, `show` and `apply` read. */
  readonly record: string;
}

/** Ids become folders and names of git refs. */
export const SWEEP_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,60}$/;

export function sweepFolder(root: string, id: string): SweepFolder {
  if (!SWEEP_ID.test(id)) throw new RangeError(`not a sweep's id: ${id}`);
  const path = join(root, '.reprise', 'sweeps', id);
  const below =
    (folder: string) =>
    (label: string): string => {
      if (!SWEEP_ID.test(label)) throw new RangeError(`not a trial's label: ${label}`);
      return join(path, folder, label);
    };
  return {
    path,
    base: join(path, 'base.git'),
    trial: below('trials'),
    checkpoints: below('checkpoints'),
    allCheckpoints: join(path, 'checkpoints'),
    record: join(path, 'sweep.json'),
  };
}

/** The ids of all sweeps that left anything here. */
export async function listSweepFolders(root: string): Promise<string[]> {
  const names = await readdir(join(await openState(root), 'sweeps')).catch(() => []);
  return names.filter((name) => SWEEP_ID.test(name)).sort();
}
