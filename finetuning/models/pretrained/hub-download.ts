import { dirname } from 'node:path';
import { HUB_URL, downloadFileToCacheDir, listFiles, modelInfo } from '@huggingface/hub';
import { hubCacheFolder, hubToken, isCommit, rememberRevision, type Environment } from './hub-cache.js';
import { weightEntryOf } from '../weights/weight-files.js';
import { companionFiles } from './model-files.js';

/** A host that does not answer in this time is taken to be out of reach. Milliseconds. */
const ANSWER_WITHIN = 8_000;

/** Bounds the wait for an answer's first byte, not the transfer after it. */
const patientFetch: typeof fetch = async (input, init) => {
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(new Error(`no answer in ${ANSWER_WITHIN / 1000} s`)),
    ANSWER_WITHIN,
  );
  try {
    return await fetch(input, { ...init, signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
};

export interface HubRequest {
  readonly modelName: string;
  readonly revision: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
}

/**
 * Fetches a model's files into the Hugging Face cache.
 *
 * @returns the snapshot's folder
 */
export async function downloadFromHub({ modelName, revision, env, log }: HubRequest): Promise<string> {
  const accessToken = hubToken(env);
  const repo = { type: 'model', name: modelName } as const;
  const hub = {
    hubUrl: (env.HF_ENDPOINT || HUB_URL).replace(/\/+$/, ''),
    fetch: patientFetch,
    ...(accessToken === undefined ? {} : { accessToken }),
  };
  // Files of a branch would each go into the folder of the commit that last touched them: settle the commit first.
  const commit = isCommit(revision)
    ? revision
    : (await modelInfo({ name: modelName, revision, additionalFields: ['sha'], ...hub })).sha;
  const offered = new Set<string>();
  for await (const file of listFiles({ repo, revision: commit, ...hub })) offered.add(file.path);
  const entry = weightEntryOf((name) => offered.has(name));
  if (!offered.has('config.json') || !entry)
    throw new Error(
      `${modelName} at ${revision} has no ${entry ? 'config.json' : 'weights in a known format'}`,
    );
  let folder = '';
  for (const path of ['config.json', ...companionFiles, entry.name].filter((name) => offered.has(name))) {
    log(`fetching ${modelName}/${path} at ${commit.slice(0, 8)}`);
    const cacheDir = hubCacheFolder(env);
    folder = dirname(await withoutDebugOutput(() => downloadFileToCacheDir({ repo, path, revision: commit, cacheDir, ...hub }))); // prettier-ignore
  }
  if (commit !== revision) await rememberRevision(env, modelName, revision, commit);
  return folder;
}

/** The library announces downloads through console.debug, which is stdout: where our JSON goes. */
async function withoutDebugOutput<T>(work: () => Promise<T>): Promise<T> {
  const debug = console.debug;
  console.debug = () => {};
  try {
    return await work();
  } finally {
    console.debug = debug;
  }
}
