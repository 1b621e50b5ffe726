import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { missingFiles } from './model-files.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A git commit: what a snapshot's folder is named after. */
const COMMIT = /^[0-9a-f]{40}$/;

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

function hubHome(env: Environment): string {
  return env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
}

/** Python's huggingface_hub keeps models here, and so do we: what one fetched the other finds. */
export function hubCacheFolder(env: Environment): string {
  return env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(hubHome(env), 'hub');
}

/** One model's `blobs/`, `refs/` and `snapshots/`. */
export function modelFolder(env: Environment, modelName: string): string {
  return join(hubCacheFolder(env), ['models', ...modelName.split('/')].join('--'));
}

/** One data set's; the same layout. */
export function datasetFolder(env: Environment, name: string): string {
  return join(hubCacheFolder(env), ['datasets', ...name.split('/')].join('--'));
}

/** A snapshot with all of the model's files, found without any network. */
export function cachedSnapshot(env: Environment, modelName: string, revision: string): string | undefined {
  const folder = modelFolder(env, modelName);
  const reference = join(folder, 'refs', revision);
  const commit = isCommit(revision)
    ? revision
    : existsSync(reference)
      ? readFileSync(reference, 'utf8').trim()
      : '';
  if (!isCommit(commit)) return undefined;
  const snapshot = join(folder, 'snapshots', commit);
  return missingFiles(snapshot).length === 0 ? snapshot : undefined;
}

/** Remembers which commit a branch or tag was, as Python's library does, for the next time there is no network. */
export async function rememberRevision(
  env: Environment,
  modelName: string,
  revision: string,
  commit: string,
): Promise<void> {
  const reference = join(modelFolder(env, modelName), 'refs', revision);
  await mkdir(dirname(reference), { recursive: true });
  await placed(reference, (temporary) => writeFile(temporary, commit));
}

/** A file with the content that `blob` is named after; one of another size was torn, and is as if it were not there. */
export function hasBlob(blob: string, bytes: number): boolean {
  return statSync(blob, { throwIfNoEntry: false })?.size === bytes;
}

/** A snapshot's files are links to blobs, relative ones, so that the cache can be moved; copies where no links can be made. */
export async function linkSnapshot(blob: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // In the place of a link that leads nowhere, too.
  await placed(path, async (temporary) => {
    await symlink(relative(dirname(path), blob), temporary).catch(() => copyFile(blob, temporary));
  });
}

/** Made beside its place and then moved there: who reads at the same moment finds the old one or the new one. */
async function placed(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await make(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The user's access token, from the places where Python's library looks. */
export function hubToken(env: Environment): string | undefined {
  const direct = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN;
  if (direct) return direct.trim();
  try {
    return readFileSync(env.HF_TOKEN_PATH || join(hubHome(env), 'token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
