import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import {
  checkoutOutputs,
  hasObject,
  hashPath,
  loadPipeline,
  openProject,
  readLockEntry,
} from '../../dvc/index.js';
import { readFrozen } from './freeze.js';
import { askGit, git, type GitCall } from './git.js';
import { openRepository, type Repository } from './repository.js';
import { sweepFolder, type SweepFolder } from './sweep-folder.js';

export interface ApplyRequest {
  /** Absolute root of the user's project. */
  readonly root: string;
  readonly sweep: string;
  readonly label: string;
  /** The experiment's commit. */
  readonly commit: string;
  /** Replace what has changed since, and outs that no cache has. */
  readonly force: boolean;
}

/** A file that the trial made different from what the sweep began with. */
interface ChangedFile {
  /** Relative to the work tree. */
  readonly path: string;
  /** Blob ids; undefined: not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** In the workspace, when it was looked at. */
  readonly now?: string | undefined;
}

/**
 * Makes the user's workspace what a trial made of its copy: params, dvc.lock and the rest that git tracks, then the outs from
 * the cache. Everything is checked before anything is touched.
 *
 * @returns the files that were written, relative to the project
 * @throws DiagnosticError `apply-conflict`, `unsaved-output`, `cache-missing`, `experiment-gone`
 */
export async function applyExperiment(request: ApplyRequest): Promise<readonly string[]> {
  const { root, sweep: id, force } = request;
  const sweep = sweepFolder(root, id);
  const repository = await openRepository(root);
  const { changes, baseline } = await changedFiles(sweep, request);
  const replaced = await contentsOfTheUser(repository, changes, baseline);
  if (!force) {
    refuseConflicts(replaced);
    await refuseUnsaved(root);
  }
  await keepReplaced(repository, replaced, join(sweep.path, 'replaced', `${request.label}-${Date.now()}`));
  await writeFiles(repository, sweep, request, changes);
  const project = await openProject(root);
  for (const stage of (await loadPipeline(project)).stages) {
    // What a person made, a `.dvc` file or a frozen stage's outs, no trial changed.
    if (stage.cmd === undefined || stage.frozen) continue;
    const entry = await readLockEntry(project, stage);
    if (entry) await checkoutOutputs(project, stage, entry);
  }
  return changes.map(({ path }) => relative(root, join(repository.top, path)));
}

async function changedFiles(
  sweep: SweepFolder,
  { root, commit, label }: ApplyRequest,
): Promise<{ changes: readonly ChangedFile[]; baseline: string }> {
  const frozen = await readFrozen(sweep);
  const known = await askGit(['rev-parse', '--verify', '--quiet', `${commit}^{commit}`], { cwd: root });
  if (!frozen || known === undefined) {
    throw new DiagnosticError('experiment-gone', {
      message: `what the trial ${label} made is gone: ${frozen ? 'its experiment was removed' : 'the folder of the sweep was deleted'}`,
      fix: frozen ? 'run the sweep again' : `if \`dvc exp show\` still lists it: dvc exp apply <name>`,
    });
  }
  const raw = await git(
    ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', frozen.snapshot, commit],
    {
      cwd: sweep.base,
    },
  );
  const items = raw.split('\0').filter((item) => item !== '');
  const changes: ChangedFile[] = [];
  for (let i = 0; i + 1 < items.length; i += 2) {
    const [, , before = '', after = ''] = (items[i] as string).split(' ');
    changes.push({ path: items[i + 1] as string, before: blob(before), after: blob(after) });
  }
  return { changes, baseline: frozen.baseline };
}

const blob = (id: string): string | undefined => (/^0+$/.test(id) ? undefined : id);

/** Files whose contents as they are now no commit of the sweep has. */
async function contentsOfTheUser(
  { top }: Repository,
  changes: readonly ChangedFile[],
  baseline: string,
): Promise<readonly ChangedFile[]> {
  const theirs: ChangedFile[] = [];
  for (const change of changes) {
    const now = await blobOf(top, change.path);
    if (now !== undefined && now !== change.before && now !== change.after) theirs.push({ ...change, now });
  }
  if (theirs.length === 0) return [];
  // Another trial may have been applied before this one.
  const experiments = `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}`;
  const commits = splitLines(
    await git(['for-each-ref', '--format=%(objectname)', experiments], { cwd: top }),
  );
  const asked = theirs.flatMap(({ path }) => commits.map((commit) => `${commit}:${path}`));
  const input = asked.map((name) => `${name}\n`).join('');
  const found = splitLines(await git(['cat-file', '--batch-check=%(objectname)'], { cwd: top, input }));
  const known = new Set(found);
  return theirs.filter(({ now }) => !known.has(now as string));
}

const splitLines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** What the user changed since the sweep began is theirs. */
function refuseConflicts(replaced: readonly ChangedFile[]): void {
  // A file that git did not track when the sweep began is kept aside, not refused: most often an earlier run made it.
  const changed = replaced.filter(({ before }) => before !== undefined).map(({ path }) => path);
  if (changed.length === 0) return;
  throw new DiagnosticError('apply-conflict', {
    message: `${changed.join(', ')} changed since the sweep began, and the trial has other contents for ${changed.length === 1 ? 'it' : 'them'}`,
    at: { file: changed[0] as string },
    fix: 'commit or stash your changes and apply again, or replace them with --force (a copy is kept in .reprise/sweeps)',
  });
}

async function blobOf(top: string, path: string): Promise<string | undefined> {
  if (!existsSync(join(top, path))) return undefined;
  return await git(['hash-object', '--path', path, '--', path], { cwd: top });
}

/** Outs in the workspace that no cache has would be lost. */
async function refuseUnsaved(root: string): Promise<void> {
  const project = await openProject(root);
  for (const stage of (await loadPipeline(project)).stages) {
    if (stage.cmd === undefined || stage.frozen) continue;
    for (const out of stage.outs) {
      const hashed = out.cache ? await hashPath(project, out.file).catch(() => undefined) : undefined;
      if (!hashed || (await hasObject(project.config, hashed.md5))) continue;
      throw new DiagnosticError('unsaved-output', {
        message: `${relative(root, out.file)} is not in the cache: it would be lost`,
        at: out.at,
        fix: 'run `dvc commit` to keep it, or replace it with --force',
      });
    }
  }
}

/** Whatever is about to be replaced can be had back. */
async function keepReplaced(
  { top }: Repository,
  replaced: readonly ChangedFile[],
  folder: string,
): Promise<void> {
  for (const { path } of replaced) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(top, path), join(folder, path));
  }
}

/** Git writes them, so that its filters and modes apply; the user's index stays as it is. */
async function writeFiles(
  { top, gitDir }: Repository,
  sweep: SweepFolder,
  { commit, label }: ApplyRequest,
  changes: readonly ChangedFile[],
): Promise<void> {
  const index = join(sweep.path, `index-apply-${label}`);
  const call: GitCall = {
    cwd: top,
    env: { GIT_DIR: gitDir, GIT_WORK_TREE: top, GIT_INDEX_FILE: index },
  };
  try {
    await git(['read-tree', commit], call);
    for (const { path, after } of changes) {
      if (after === undefined) await rm(join(top, path), { force: true });
      else await git(['checkout-index', '--force', '--', path], call);
    }
  } finally {
    await rm(index, { force: true });
  }
}
