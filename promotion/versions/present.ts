import { checkoutObject, hashPath, type Project } from '../../dvc/index.js';
import type { ContentReference } from '../../workflows/index.js';
import { insideProject } from './paths.js';
import { lockedAt } from './place.js';

/**
 * Puts the files there from the cache, where somebody has removed them or git alone was pulled.
 *
 * @returns their absolute path
 * @throws DiagnosticError `cache-missing`, `path-outside`
 */
export async function present(project: Project, content: ContentReference): Promise<string> {
  const file = await insideProject(project.root, content.path);
  const current = await hashPath(project, file).catch(() => undefined);
  if (current?.md5 !== content.md5)
    await checkoutObject(project, file, lockedAt(file, content), { file: content.path });
  return file;
}
