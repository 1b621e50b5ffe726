import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProject, type Project } from '../dvc/index.js';
import { fetchCommit } from './git/fetch-commit.js';
import { resolveRevision } from './git/resolve-revision.js';
import { projectFolder } from './project-folder.js';

export interface Revision {
  readonly url: string;
  /** Branch, tag or commit; default: the repository's own branch. */
  readonly rev?: string;
  /** Of the DVC project in the repository. */
  readonly path?: string;
}

/**
 * Looks at the project of a revision, in a checkout of that commit alone, which is gone afterwards with all that was fetched for it.
 *
 * @throws DiagnosticError `bad-revision`, `revision-missing`, `git-failed`, `workspace-missing`, `no-dvc-project`, and what the
 *   look throws
 */
export async function lookAt<T>(
  { url, rev = 'HEAD', path = '.' }: Revision,
  look: (project: Project) => Promise<T>,
): Promise<T> {
  const commit = await resolveRevision(url, rev);
  const folder = await mkdtemp(join(tmpdir(), 'reprise-look-'));
  try {
    await fetchCommit(url, commit, folder);
    return await look(await openProject(await projectFolder(folder, path, url)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
