import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  checkoutObject,
  formatLockEntry,
  ignoreInGit,
  loadPipeline,
  lockPath,
  openProject,
  parseLockEntry,
  readLock,
  type LockEntry,
  type Output,
  type Project,
} from '../dvc/index.js';
import { bringObjects } from './bring-objects.js';
import { openCheckout, shareCache, workspacesFolder, type Checkout } from './checkout-folder.js';
import { commitEntries, type LockEntries } from './commit-entries.js';
import { commitFiles } from './git/commit-files.js';
import { fetchCommit } from './git/fetch-commit.js';
import { pushBranch, untilInTime } from './git/push-branch.js';
import { branchTip } from './git/resolve-revision.js';
import { runGit } from './git/run-git.js';
import { openRemoteIfAny } from './open-remote-if-any.js';

export interface PublishOptions {
  readonly served: string;
  readonly checkout: Checkout;
  /** Of the DVC project in the repository. */
  readonly path: string;
  /** Where results go; undefined: a branch of this run alone. */
  readonly branch: string | undefined;
  /** The branch that the run's commit was the tip of. */
  readonly source: string | undefined;
  /** Named in the default branch, and in the commit's message. */
  readonly workflowId: string;
  readonly remote: string | undefined;
  readonly results: readonly LockEntries[];
  readonly signal?: AbortSignal;
}

export interface Published {
  readonly branch: string;
  readonly commit: string;
  /** Somebody else changed the same stages on the wanted branch: these results went to one of their own. */
  readonly conflict: boolean;
}

/**
 * Commits dvc.lock, metrics and plots to a branch of the run's repository. The push holds only if the branch is what was
 * looked at (`--force-with-lease`), so that two runs never overwrite each other; else it is done again on what is there now.
 *
 * @throws DiagnosticError `git-failed`
 */
export async function publish(options: PublishOptions): Promise<Published> {
  return await untilInTime(() => publishOnce(options));
}

async function publishOnce(options: PublishOptions): Promise<Published> {
  const { served, checkout, results, source, workflowId, signal } = options;
  const own = ownBranch(workflowId, checkout.run);
  let branch = options.branch ?? own;
  let tip = await branchTip(checkout.url, branch);
  let conflict = false;
  if (tip !== undefined && tip !== checkout.commit && branch === source) {
    if (await differs(options, tip)) {
      conflict = true;
      branch = own;
      tip = await branchTip(checkout.url, branch);
    }
  }
  // Another branch keeps its history and gets this run's tree; the run's source, and what this run made before, are gone on from.
  const joins = tip !== undefined && tip !== checkout.commit && branch !== source && branch !== own;
  const start = tip === undefined || joins ? checkout.commit : tip;
  const folder = join(workspacesFolder(served), `.${randomBytes(8).toString('hex')}`);
  try {
    await fetchCommit(checkout.url, start, folder, signal);
    const root = join(folder, options.path);
    await shareCache(served, root);
    const project = await openProject(root);
    const files = await writeResults(project, results, options.remote);
    if (joins)
      await runGit(['fetch', '--quiet', '--depth=1', 'origin', tip as string], { cwd: folder, signal });
    const commit = await commitFiles({
      folder,
      files,
      message: messageOf(results, workflowId, checkout),
      ...(joins ? { parents: [tip as string, start] } : {}),
    });
    if (commit === undefined && tip !== undefined) return { branch, commit: tip, conflict };
    await pushBranch({ folder, branch, tip, commit: commit ?? start, ...(signal ? { signal } : {}) });
    return { branch, commit: commit ?? start, conflict };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Temporal's ids may hold anything; git's refs may not. */
function ownBranch(workflowId: string, run: string): string {
  const name = workflowId.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'run';
  return `reprise/${name}-${run.slice(0, 8)}`;
}

/** Whether what the branch now says of our stages is neither what we began with nor what we made. */
async function differs(options: PublishOptions, tip: string): Promise<boolean> {
  const { served, checkout, path, results, signal } = options;
  const folder = join(workspacesFolder(served), `.${randomBytes(8).toString('hex')}`);
  try {
    await fetchCommit(checkout.url, tip, folder, signal);
    const now = await openProject(join(folder, path));
    const before = await openProject(join(await openCheckout(served, checkout, signal), path));
    for (const { dvcfile, entries } of results) {
      const locksNow = await readLock(now, join(now.root, dvcfile));
      const locksBefore = await readLock(before, join(before.root, dvcfile));
      for (const [name, text] of Object.entries(entries)) {
        const theirs = textOf(locksNow.get(name));
        if (theirs !== textOf(locksBefore.get(name)) && theirs !== textOf(parseLockEntry(text))) return true;
      }
    }
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const textOf = (entry: LockEntry | undefined): string | undefined => entry && formatLockEntry(entry);

/** @returns the files that git is to have */
async function writeResults(
  project: Project,
  results: readonly LockEntries[],
  remoteName: string | undefined,
): Promise<string[]> {
  const { stages } = await loadPipeline(project);
  const remote = await openRemoteIfAny(project, remoteName);
  const files: string[] = [];
  for (const result of results) {
    await commitEntries(project, result);
    const dvcfile = join(project.root, result.dvcfile);
    files.push(/\.ya?ml$/.test(dvcfile) ? lockPath(dvcfile) : dvcfile);
    for (const stage of stages.filter((candidate) => candidate.dvcfile === dvcfile)) {
      const text = result.entries[stage.name];
      if (text === undefined) continue;
      const entry = parseLockEntry(text);
      await ignoreInGit(
        project,
        stage.outs.filter(({ cache }) => cache),
      );
      files.push(
        ...stage.outs.map(({ file }) => join(dirname(file), '.gitignore')).filter((file) => existsSync(file)),
      );
      for (const out of stage.outs.filter(isForGit)) {
        const locked = entry.outs?.find(({ path }) => path === out.path);
        if (locked?.md5 === undefined) continue;
        if (remote) await bringObjects({ project, remote, hashes: [locked.md5] });
        await checkoutObject(project, out.file, { ...locked, md5: locked.md5 }, out.at, ['copy']);
        files.push(out.file);
      }
    }
  }
  return [...new Set(files)];
}

/** Metrics and plots that DVC leaves to git. What else it leaves to the user stays with the user. */
function isForGit(out: Output): boolean {
  return !out.cache && out.kind !== 'out';
}

function messageOf(results: readonly LockEntries[], workflowId: string, checkout: Checkout): string {
  const names = results.flatMap(({ entries }) => Object.keys(entries));
  const listed =
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return `Reproduce ${listed}\n\nWorkflow: ${workflowId}\nRun: ${checkout.run}\nOf: ${checkout.commit}\n`;
}
