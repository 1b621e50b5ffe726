import { relative } from 'node:path';
import { runGit } from './run-git.js';

export interface CommitOptions {
  /** Root of the checkout. */
  readonly folder: string;
  /** Absolute paths; those that git ignores, or that are gone, are passed over. */
  readonly files: readonly string[];
  readonly message: string;
  /** Commits that the new one follows, none for a first one; default: the one that is checked out. */
  readonly parents?: readonly string[];
  /** Milliseconds since the epoch; default: now. */
  readonly at?: number;
}

/** @returns the new commit, or undefined when nothing in these files differs */
export async function commitFiles(options: CommitOptions): Promise<string | undefined> {
  const { folder, files, message, parents, at } = options;
  const git = async (...args: string[]) =>
    (await runGit(args, { cwd: folder, env: { ...(await identityFor(folder)), ...datesFor(at) } })).trim();
  const paths = files.map((file) => relative(folder, file));
  const ignored = await ignoredAmong(folder, paths);
  const wanted = paths.filter((path) => !ignored.has(path));
  if (wanted.length > 0) await git('add', '--all', '--', ...wanted.map((path) => `:(literal)${path}`));
  const tree = await git('write-tree');
  if (parents === undefined && tree === (await git('rev-parse', 'HEAD^{tree}'))) return undefined;
  const after = parents ?? [await git('rev-parse', 'HEAD')];
  return await git('commit-tree', tree, ...after.flatMap((parent) => ['-p', parent]), '-m', message);
}

/** Git exits with 1 when it ignores none of them. */
async function ignoredAmong(folder: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const text = await runGit(['check-ignore', '--no-index', '-z', '--', ...paths], { cwd: folder }).catch(
    () => '',
  );
  return new Set(text.split('\0').filter((path) => path !== ''));
}

function datesFor(at: number | undefined): Record<string, string> {
  if (at === undefined) return {};
  const date = `${Math.floor(at / 1000)} +0000`;
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}

/** The worker's own name where git has one for it. */
async function identityFor(folder: string): Promise<Record<string, string>> {
  const email = await runGit(['config', 'user.email'], { cwd: folder }).catch(() => '');
  if (email.trim() !== '') return {};
  const name = 'Reprise';
  const address = 'reprise@localhost';
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: address,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: address,
  };
}
