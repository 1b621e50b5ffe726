import { existsSync } from 'node:fs';
import { cp, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import {
  checkoutObject,
  fetchObjects,
  loadPipeline,
  openProject,
  outputsAt,
  readLockEntry,
  type LockEntry,
  type Project,
  type Remote,
  type RepositoryImport,
  type Stage,
} from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { LocalStore } from '../../storage/index.js';
import { fetchCommit } from '../git/fetch-commit.js';
import { resolveRevision } from '../git/resolve-revision.js';
import { openRemoteIfAny } from '../open-remote-if-any.js';

/** The commit that an import would be updated to. */
export async function newestCommit(project: Project, source: RepositoryImport): Promise<string> {
  return await resolveRevision(placeOf(project, source), source.rev ?? 'HEAD');
}

export interface Download {
  /** All 40 digits. */
  readonly commit: string;
  /** For the checkout of the repository. */
  readonly folder: string;
  /** Where the data goes; nothing is there. */
  readonly to: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Writes a file or folder of another repository as it was at a commit: what git tracks there, and what DVC does.
 *
 * @throws DiagnosticError `source-missing`, `git-failed`, `object-missing` and others of the other project's remote
 */
export async function downloadFromRepository(
  project: Project,
  source: RepositoryImport,
  { commit, folder, to, signal }: Download,
): Promise<void> {
  const checkout = join(folder, 'repository');
  await fetchCommit(placeOf(project, source), commit, checkout, signal);
  const path = resolve(checkout, source.path.replace(/^\/+/, ''));
  const inside = relative(checkout, path);
  if (inside.startsWith('..') || isAbsolute(inside)) throw missing(source, commit);
  await bringTracked(project, source, checkout, path, signal);
  if (!existsSync(path)) throw missing(source, commit);
  const isFolder = (await stat(path)).isDirectory();
  await cp(path, to, {
    recursive: true,
    dereference: true,
    async filter(file) {
      if (isFolder && isOfTools(file)) return false;
      await refuseLeaving(source, checkout, file);
      return true;
    },
  });
}

/**
 * The other repository may hold links to anything on this host, to be copied into our data, or written to.
 *
 * @param path in the checkout; nothing need be there yet
 * @throws DiagnosticError `path-escape`
 */
async function refuseLeaving({ url }: RepositoryImport, checkout: string, path: string): Promise<void> {
  const top = await realpath(checkout);
  let at = path;
  let real = await realpath(at).catch(() => undefined);
  while (real === undefined) real = await realpath((at = dirname(at))).catch(() => undefined);
  const way = relative(top, real);
  if (!(way === '..' || way.startsWith('../') || way === '.git' || way.startsWith('.git/'))) return;
  throw new DiagnosticError('path-escape', {
    message: `${relative(checkout, at)} of ${url} is a link that leads out of that repository`,
    found: real,
    fix: 'do not import it: it would bring files of this host into your data',
  });
}

/** A path may be relative to the project. */
function placeOf(project: Project, { url }: RepositoryImport): string {
  const path = resolve(project.root, url);
  return existsSync(path) ? path : url;
}

/** What DVC leaves out of a folder that it imports (`_is_dvc_file` in `dvc/fs/dvc.py`), and git's own. */
function isOfTools(file: string): boolean {
  return ['.git', '.dvcignore', 'dvc.yaml'].includes(basename(file)) || file.endsWith('.dvc');
}

/** Brings what the other repository's DVC project tracks below `path` into its checkout. */
async function bringTracked(
  project: Project,
  source: RepositoryImport,
  checkout: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const root = projectAbove(checkout, path);
  if (root === undefined) return;
  const other = await openProject(root);
  // Objects come by way of our cache; copies are made, for the checkout goes away.
  const mixed: Project = { root: other.root, config: { ...project.config, cacheTypes: ['copy'] } };
  const stages = await stagesOf(mixed);
  const entries = new Map<Stage, LockEntry | undefined>();
  for (const stage of stages) entries.set(stage, await readLockEntry(mixed, stage));
  const tracked = outputsAt(path, stages, (stage) => entries.get(stage)).filter(({ out }) => out.cache);
  if (tracked.length === 0) return;
  const hashes = tracked.map(({ locked }) => locked.md5);
  for (const remote of await remotesOf(project, source, other)) {
    const { failed } = await fetchObjects({ project, remote, hashes, ...(signal ? { signal } : {}) });
    if (failed.length === 0) break;
  }
  for (const { out, locked } of tracked) {
    await refuseLeaving(source, checkout, out.file);
    await checkoutObject(mixed, out.file, locked, out.at);
  }
}

/** None in a project that tracks nothing. */
async function stagesOf(project: Project): Promise<readonly Stage[]> {
  try {
    return (await loadPipeline(project)).stages;
  } catch (error) {
    if (error instanceof DiagnosticError && error.code === 'no-dvc-yaml') return [];
    throw error;
  }
}

/** The cache of a repository on this host, and its remote. */
async function remotesOf(project: Project, source: RepositoryImport, other: Project): Promise<Remote[]> {
  const place = placeOf(project, source);
  const remotes: Remote[] = [];
  if (existsSync(join(place, '.dvc'))) {
    const { cacheDir } = (await openProject(place)).config;
    remotes.push({ name: 'cache', url: cacheDir, store: new LocalStore(cacheDir), jobs: 16 });
  }
  const remote = await openRemoteIfAny(other, source.remote);
  return remote ? [...remotes, remote] : remotes;
}

/** A repository may hold several projects. */
function projectAbove(checkout: string, path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.dvc', 'config'))) return folder;
    if (folder === checkout || folder === dirname(folder)) return undefined;
  }
}

function missing({ url, path }: RepositoryImport, commit: string): DiagnosticError {
  return new DiagnosticError('source-missing', {
    message: `${path} is not in ${url} at ${commit.slice(0, 12)}: the data that was imported from it cannot be updated`,
    fix: 'bring it back, or import the data from where it is now (dvc import --force)',
  });
}
