import { hasObject } from '../state/index.js';
import type { Md5, Project } from '../types.js';
import { fetchOne } from './fetch-objects.js';
import { objectKey } from './object-key.js';
import type { Remote } from './open-remote.js';
import { Tally } from './transfer.js';

/**
 * Brings the object of a directory into the cache, without its files: enough to say what they are.
 *
 * @returns false when neither has it
 */
export async function fetchTree(project: Project, remote: Remote, md5: Md5): Promise<boolean> {
  if (await hasObject(project.config, md5)) return true;
  const request = { project, remote, hashes: [md5] };
  const tally = new Tally(request, 1);
  await fetchOne(request, md5, tally);
  return tally.failed.length === 0;
}

/** Where a directory's object is, all of its files are. */
export async function hasRemoteObject({ store }: Remote, md5: Md5): Promise<boolean> {
  return (await store.head(objectKey(md5))) !== undefined;
}
