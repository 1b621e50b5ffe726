import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isCommit, modelFolder } from './hub-cache.js';
import { isHubName, withoutAlias } from './model-names.js';

/** Where a model's files go in a cache, so that they are found there without a network. */
export interface HubPlace {
  /** Of the files. */
  readonly snapshot: string;
  /** The file that says which snapshot a branch or tag was; absent where the revision is a commit. */
  readonly reference?: { readonly file: string; readonly commit: string };
}

/**
 * @param cache a folder laid out as the Hugging Face hub's cache
 * @returns undefined for what is no name on the hub
 */
export function hubPlace(cache: string, modelName: string, revision: string): HubPlace | undefined {
  const name = withoutAlias(modelName);
  if (!isHubName(name)) return undefined;
  const folder = modelFolder({ HF_HUB_CACHE: cache }, name);
  if (isCommit(revision)) return { snapshot: join(folder, 'snapshots', revision) };
  // Which commit a branch was is not known of all copies; the name must only look like one.
  const commit = createHash('sha1').update(`${name}@${revision}`).digest('hex');
  return {
    snapshot: join(folder, 'snapshots', commit),
    reference: { file: join(folder, 'refs', revision), commit },
  };
}
