import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isCommit } from './hub-cache.js';

export interface PretrainedFiles {
  /** The commit that a snapshot of the hub is of: what pins a model_revision. */
  readonly commit?: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/** @param folder what `resolvePretrained` gave */
export function describePretrained(folder: string): PretrainedFiles {
  const files = readdirSync(folder)
    .sort()
    .map((name) => ({ name, stats: statSync(join(folder, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ name, stats }) => ({ name, bytes: stats.size }));
  const name = basename(folder);
  const isSnapshot = isCommit(name) && basename(dirname(folder)) === 'snapshots';
  return { ...(isSnapshot ? { commit: name } : {}), files };
}
