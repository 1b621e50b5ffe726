import { tmpdir } from 'node:os';
import { DiagnosticError } from '../../diagnostics/index.js';
import { checkRevision } from './repository-url.js';
import { runGit } from './run-git.js';

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * The commit that a branch, a tag or `HEAD` of a repository names now. A commit is itself.
 *
 * @throws DiagnosticError `bad-revision`, `revision-missing`, `git-failed`
 */
export async function resolveRevision(url: string, revision: string): Promise<string> {
  checkRevision(revision);
  if (COMMIT.test(revision)) return revision;
  const commit = await refOf(url, revision);
  if (commit !== undefined) return commit;
  throw new DiagnosticError('revision-missing', {
    message: `the repository has no branch or tag ${revision}`,
    at: { file: url },
    fix: 'push it first, or name a commit by all 40 digits',
  });
}

/** @returns undefined when the repository has no such branch */
export async function branchTip(url: string, branch: string): Promise<string | undefined> {
  return await refOf(url, `refs/heads/${branch}`);
}

/** Names of the repository's branches that begin so. */
export async function branchesThatBegin(url: string, prefix: string): Promise<string[]> {
  const text = await runGit(['ls-remote', '--quiet', '--heads', '--', url, `refs/heads/${prefix}*`], {
    cwd: tmpdir(),
  });
  return [...text.matchAll(/\trefs\/heads\/(.+)$/gm)].map(([, name]) => name as string);
}

async function refOf(url: string, ref: string): Promise<string | undefined> {
  const text = await runGit(['ls-remote', '--quiet', '--', url], { cwd: tmpdir() });
  const refs = new Map(
    text
      .split('\n')
      .filter((line) => line.includes('\t'))
      .map((line) => line.split('\t') as [string, string])
      .map(([commit, name]) => [name, commit]),
  );
  // As git itself looks a name up; `^{}` is the commit that an annotated tag names.
  const names = [ref, `refs/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`];
  return names.map((name) => refs.get(name)).find((commit) => commit !== undefined);
}
