import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitFiles } from './git/commit-files.js';
import { pushRef, untilInTime } from './git/push-branch.js';
import { runGit } from './git/run-git.js';

export interface RecordEdit {
  readonly url: string;
  /** In full: `refs/…`, none that a clone fetches. */
  readonly ref: string;
  /** @param before undefined: there is none yet */
  edit(before: string | undefined): string;
  readonly signal?: AbortSignal;
}

/** Records of sweeps: below it, as DVC has experiments below `refs/exps/`. */
export const SWEEP_RECORDS = 'refs/reprise/sweeps/';

/** @param baseline all 40 digits of the commit that the sweep is about */
export function sweepRecordRef(baseline: string, id: string): string {
  return `${SWEEP_RECORDS}${baseline.slice(0, 2)}/${baseline.slice(2)}/${id}`;
}

/** The one file in a record's commit. */
const FILE = 'record.json';

/**
 * Changes a record: a text that a repository keeps under a ref of its own, beside what people work on. Who changes it at the same time
 * loses nothing: the edit is done again on what is there then.
 *
 * @throws DiagnosticError `git-failed`, and what the edit throws
 */
export async function editRecord({ url, ref, edit, signal }: RecordEdit): Promise<void> {
  await untilInTime(() =>
    inRepository(async (folder, git) => {
      await git('remote', 'add', 'origin', url);
      const tip = (await fetchRefs(git, ref)) ? (await git('rev-parse', ref)).trim() : undefined;
      const before = tip === undefined ? undefined : await git('show', `${tip}:${FILE}`);
      const text = edit(before);
      if (text === before) return;
      const file = join(folder, FILE);
      await writeFile(file, text);
      // Without parents: what a record was before is of no use to anybody.
      const commit = (await commitFiles({ folder, files: [file], message: ref, parents: [] })) as string;
      await pushRef({ folder, ref, tip, commit, ...(signal ? { signal } : {}) });
    }, signal),
  );
}

/**
 * @param prefix of refs, ends in `/`
 * @returns the records below it: ref → text
 * @throws DiagnosticError `git-failed`
 */
export async function readRecords(
  url: string,
  prefix: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  return await inRepository(async (_, git) => {
    await git('remote', 'add', 'origin', url);
    await fetchRefs(git, `${prefix}*`);
    const refs = (await git('for-each-ref', '--format=%(refname)', prefix)).split('\n').filter(Boolean);
    const records = new Map<string, string>();
    for (const ref of refs) records.set(ref, await git('show', `${ref}:${FILE}`));
    return records;
  }, signal);
}

type Git = (...args: string[]) => Promise<string>;

async function inRepository<T>(
  work: (folder: string, git: Git) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-records-'));
  const git: Git = (...args) => runGit(args, { cwd: folder, signal });
  try {
    await git('init', '--quiet');
    return await work(folder, git);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns false when there is no such ref: git takes a pattern that nothing matches for a failure, and does not say which */
async function fetchRefs(git: Git, refs: string): Promise<boolean> {
  if ((await git('ls-remote', '--quiet', 'origin', refs)).trim() === '') return false;
  await git('fetch', '--quiet', '--no-tags', '--depth=1', 'origin', `+${refs}:${refs}`);
  return true;
}
