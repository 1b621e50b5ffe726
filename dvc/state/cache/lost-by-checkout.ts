import { join } from 'node:path';
import type { LockedFile, Md5, Project } from '../../types.js';
import { mapConcurrently } from '../files/concurrent.js';
import { hashPath } from '../hashing/hash-path.js';
import { hashNameOf } from './checkout.js';
import { hasObject, readTree } from './objects.js';

/**
 * Files in the workspace that a checkout would replace or remove although nothing else has their content: what a user changed
 * since. Those that the cache has can be brought back.
 */
export async function lostByCheckout(
  project: Project,
  path: string,
  locked: LockedFile & { readonly md5: Md5 },
): Promise<readonly string[]> {
  const name = hashNameOf(locked);
  const current = await hashPath(project, path, name);
  if (!current || current.md5 === locked.md5) return [];
  const files = current.kind === 'folder' ? current.files : [{ ...current, relpath: '' }];
  const tree = locked.md5.endsWith('.dir') ? await readTree(project.config, locked.md5, name) : undefined;
  const wanted = new Map(tree?.map(({ relpath, md5 }) => [relpath, md5]));
  const changed = files.filter(({ relpath, md5 }) => wanted.get(relpath) !== md5);
  const kept = await mapConcurrently(changed, ({ md5 }) => hasObject(project.config, md5, name));
  return changed.filter((_, index) => !kept[index]).map(({ relpath }) => join(path, relpath));
}
