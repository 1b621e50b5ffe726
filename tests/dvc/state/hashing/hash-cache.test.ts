import { openProject } from '../../../../dvc/index.js';
import { hashCacheOf } from '../../../../dvc/state/hashing/hash-cache.js';
import { makeProject } from '../../../rig/project.js';

it('is one for a project, and is let go when many others came since', async () => {
  const project = await openProject(makeProject({}));
  const cache = hashCacheOf(project);
  const others = await Promise.all(Array.from({ length: 16 }, () => openProject(makeProject({}))));
  for (const other of others.slice(0, 8)) hashCacheOf(other);
  expect(hashCacheOf(project)).toBe(cache);
  for (const other of others) hashCacheOf(other);
  expect(hashCacheOf(project)).not.toBe(cache);
});
