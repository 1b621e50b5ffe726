import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/index.js';
import { openState } from '../run-folder.js';
import { borrowObjects, readFrozen } from './freeze.js';
import { git } from './git.js';
import { withCacheFolder } from './local-config.js';
import { setParams, type TrialValue } from './params-file.js';
import { removeFolder } from './remove-folder.js';
import { openRepository } from './repository.js';
import { sweepFolder } from './sweep-folder.js';

export interface TrialPlace {
  /** Absolute root of the user's project. */
  readonly root: string;
  /** The folder that the sweep is about, relative to {@link root}. */
  readonly folder: string;
  /** The sweep's id. */
  readonly sweep: string;
  /** The trial's name within the sweep. */
  readonly label: string;
  /** Given: its checkpoints outlive its copy, under this name. */
  readonly checkpoints?: string;
}

/** Absolute folders of a trial's copy. */
export interface TrialCopy {
  /** All that is the trial's. */
  readonly folder: string;
  /** Root of the copy's git work tree. */
  readonly top: string;
  /** Root of the copy's DVC project. */
  readonly project: string;
  /** What `reproduce` is given. */
  readonly workspace: string;
}

export async function trialCopy({ root, folder, sweep, label }: TrialPlace): Promise<TrialCopy> {
  const { top: original, project: inside } = await openRepository(root);
  const own = sweepFolder(root, sweep).trial(label);
  // Of the same name as the original: commands and people may look at it.
  const top = join(own, basename(original));
  const project = join(top, inside);
  return { folder: own, top, project, workspace: join(project, folder) };
}

/**
 * Gives a trial a copy of the project as it was when the sweep began, with its params set and with the project's own DVC cache.
 * The copy gets its name only when it is whole; one that is there already stays as it is, with the checkpoints in it.
 *
 * @throws DiagnosticError `sweep-vanished`, and what setParams refuses
 */
export async function prepareTrial(
  place: TrialPlace,
  values: Readonly<Record<string, TrialValue>>,
): Promise<TrialCopy> {
  const copy = await trialCopy(place);
  if (existsSync(copy.folder)) return copy;
  const sweep = sweepFolder(place.root, place.sweep);
  const frozen = await readFrozen(sweep);
  if (!frozen) {
    throw new DiagnosticError('sweep-vanished', {
      message: `the folder of the sweep ${place.sweep} is gone`,
      fix: 'begin the sweep again; do not delete .reprise/sweeps while one runs',
    });
  }
  const { config } = await openProject(place.root);
  const { objects, project } = await openRepository(place.root);
  const half = `${copy.folder}.new`;
  const made = join(half, basename(copy.top));
  await removeFolder(half);
  await mkdir(made, { recursive: true });
  const call = { cwd: made };
  await git(['init', '--quiet', '--template=', '.'], call);
  await borrowObjects(join(made, '.git'), [join(sweep.base, 'objects'), objects]);
  // As in an experiment of DVC's own: HEAD is the baseline, and what was not committed is not committed here either.
  await git(['update-ref', '--no-deref', 'HEAD', frozen.baseline], call);
  await git(['read-tree', '--reset', '-u', frozen.snapshot], call);
  const local = await readFile(join(place.root, '.dvc', 'config.local'), 'utf8').catch(() => '');
  const localFile = join(made, project, '.dvc', 'config.local');
  await writeFile(localFile, withCacheFolder(local, config.cacheDir), { mode: 0o600 });
  await setParams(join(made, project, place.folder), values);
  if (place.checkpoints !== undefined) {
    const kept = sweep.checkpoints(place.checkpoints);
    await mkdir(kept, { recursive: true });
    await symlink(kept, join(await openState(join(made, project)), 'checkpoints'));
  }
  await rename(half, copy.folder);
  return copy;
}
