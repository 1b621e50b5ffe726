import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { checkRevision } from './repository-url.js';
import { resolveRevision } from './resolve-revision.js';
import { runGit } from './run-git.js';

/**
 * The commit that a branch was at a time, by the times that its commits were made at. Of a merge, the branch's own side counts: what
 * came in by it was not there before.
 *
 * @param time ISO 8601
 * @throws DiagnosticError `bad-revision`, `revision-missing`, `git-failed`
 */
export async function revisionAt(
  url: string,
  revision: string,
  time: string,
  signal?: AbortSignal,
): Promise<string> {
  checkRevision(revision);
  const tip = await resolveRevision(url, revision);
  const folder = await mkdtemp(join(tmpdir(), 'reprise-history-'));
  const git = (...args: string[]) => runGit(args, { cwd: folder, signal });
  try {
    await git('init', '--quiet', '--bare');
    // Commits alone: of a server that cannot leave the rest out, all comes.
    await git(
      'fetch',
      '--quiet',
      '--no-tags',
      '--filter=tree:0',
      '--',
      url,
      `${ofServer(revision, tip)}:refs/tip`,
    );
    const commit = await git('rev-list', '-1', '--first-parent', `--before=${time}`, 'refs/tip');
    if (commit.trim() !== '') return commit.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  throw new DiagnosticError('revision-missing', {
    message: `${revision} had no commit yet at ${time}`,
    at: { file: url },
    fix: 'name a later time, or another branch',
  });
}

/** Some servers give commits by name of a ref only. */
function ofServer(revision: string, tip: string): string {
  return revision === tip ? tip : revision;
}
