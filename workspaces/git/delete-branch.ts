import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitFailed, runGit } from './run-git.js';

/**
 * Also when there is no such branch.
 *
 * @throws GitFailed
 */
export async function deleteBranch(url: string, branch: string, signal?: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-delete-'));
  const git = (...args: string[]) => runGit(args, { cwd: folder, signal });
  try {
    await git('init', '--quiet', '--bare');
    await git('push', '--quiet', '--', url, `:refs/heads/${branch}`);
  } catch (error) {
    if (!(error instanceof GitFailed) || !/remote ref does not exist/i.test(error.stderr)) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
