import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import {
  experimentHash,
  loadPipeline,
  lockPath,
  openProject,
  readLock,
  type LockEntry,
} from '../../dvc/index.js';
import { readFrozen } from './freeze.js';
import { askGit, git, splitNul, type GitCall } from './git.js';
import { trialCopy, type TrialPlace } from './prepare-trial.js';
import { openRepository } from './repository.js';
import { sweepFolder } from './sweep-folder.js';

export interface Experiment {
  readonly name: string;
  readonly commit: string;
}

/**
 * Keeps what a trial made as an experiment of DVC's: a commit on the baseline, under `refs/exps/`, that `dvc exp show` lists and
 * `dvc exp apply` restores. The objects are in the cache already. Doing it twice changes nothing.
 *
 * @param extra files that git is to hold though no stage names them, relative to the workspace
 * @param at milliseconds since the epoch: the commit's time
 */
export async function saveExperiment(
  place: TrialPlace,
  name: string,
  extra: readonly string[],
  at: number,
): Promise<Experiment> {
  const copy = await trialCopy(place);
  const sweep = sweepFolder(place.root, place.sweep);
  const frozen = await readFrozen(sweep);
  if (!frozen) throw new Error(`the sweep ${place.sweep} has no snapshot`);
  const { gitDir } = await openRepository(place.root);
  const index = join(sweep.path, `index-${place.label}`);
  // The user's repository, with the trial's files and an index of our own: their index and work tree are not touched.
  const call: GitCall = {
    cwd: copy.top,
    env: {
      ...(await identity(place.root)),
      GIT_DIR: gitDir,
      GIT_WORK_TREE: copy.top,
      GIT_INDEX_FILE: index,
      GIT_AUTHOR_DATE: `${Math.floor(at / 1000)} +0000`,
      GIT_COMMITTER_DATE: `${Math.floor(at / 1000)} +0000`,
    },
  };
  try {
    const { files, cached, hash } = await describe(copy.project);
    const isCached = (file: string) => cached.some((out) => file === out || file.startsWith(`${out}/`));
    const named = extra.map((file) => join(copy.workspace, file)).filter((file) => !isCached(file));
    const wanted = [...files, ...named];
    await git(['read-tree', frozen.baseline], call);
    await git(['add', '--update', ':/'], call);
    const added = await addedSince(sweep.base, frozen.baseline, frozen.snapshot);
    const paths = [...added, ...wanted.map((file) => relative(copy.top, file))].filter((path) =>
      existsSync(join(copy.top, path)),
    );
    await addPaths(paths, call);
    const ignores = splitNul(await git(['ls-files', '-z', '--others', '--', ':(glob)**/.gitignore'], call));
    await addPaths(
      ignores.filter((path) => !path.split('/').includes('.reprise')),
      call,
    );
    const tree = await git(['write-tree'], call);
    const message = `dvc: commit experiment ${hash}`;
    const commit = await git(['commit-tree', tree, '-p', frozen.baseline, '-m', message], call);
    const ref = `refs/exps/${frozen.baseline.slice(0, 2)}/${frozen.baseline.slice(2)}/${name}`;
    await git(['update-ref', ref, commit], { cwd: place.root });
    return { name, commit };
  } finally {
    await rm(index, { force: true });
  }
}

/** Many paths would not fit in a command line. */
async function addPaths(paths: readonly string[], call: GitCall): Promise<void> {
  for (let i = 0; i < paths.length; i += 200)
    await git(['--literal-pathspecs', 'add', '--force', '--', ...paths.slice(i, i + 200)], call);
}

/** What the user had staged as new: the baseline does not have it, so `add --update` passes over it. */
async function addedSince(base: string, baseline: string, snapshot: string): Promise<string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--diff-filter=A', baseline, snapshot];
  return splitNul(await git(args, { cwd: base }));
}

interface Description {
  readonly files: readonly string[];
  /** Outs that the cache holds, which git must not. */
  readonly cached: readonly string[];
  readonly hash: string;
}

/** What DVC would put into an experiment's commit: locks, params, and the outs that are not in its cache. */
async function describe(root: string): Promise<Description> {
  const project = await openProject(root);
  const { stages } = await loadPipeline(project);
  const entries = new Map<string, LockEntry>();
  const files = new Set<string>();
  for (const stage of stages) {
    files.add(stage.dvcfile);
    if (stage.cmd !== undefined) {
      files.add(lockPath(stage.dvcfile));
      const entry = (await readLock(project, stage.dvcfile)).get(stage.name);
      if (entry) entries.set(stage.name, entry);
    }
    for (const params of stage.params) files.add(params.file);
    for (const out of stage.outs) if (!out.cache) files.add(out.file);
  }
  const inside = [...files].filter((file) => !relative(root, file).startsWith('..'));
  const cached = stages.flatMap((stage) => stage.outs.filter((out) => out.cache).map((out) => out.file));
  return { files: inside, cached, hash: experimentHash(entries) };
}

/** The user's own, where git knows it: a worker on a server often has none. */
async function identity(root: string): Promise<Record<string, string>> {
  if ((await askGit(['var', 'GIT_COMMITTER_IDENT'], { cwd: root })) !== undefined) return {};
  const [name, email] = ['reprise', 'reprise@localhost'];
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}
