import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shardsOf, readWeightIndex, weightEntries, weightEntryOf } from '../weights/weight-files.js';
import { fetchFile } from './fetch-file.js';
import { hasBlob, linkSnapshot, modelFolder, rememberRevision, type Environment } from './hub-cache.js';
import { HubClient, type FileDigest, type OfferedFile } from './hub-client.js';
import { companionFiles, missingAroundWeights } from './model-files.js';

export interface HubRequest {
  readonly modelName: string;
  readonly revision: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
  /** Bytes that are here, of those that are known to be needed so far. */
  readonly onProgress?: (done: number, total: number, file: string) => void;
}

/**
 * Fetches a model's files into the Hugging Face cache: its configuration, what its inputs are made with, and its weights in
 * the first of the known formats that it has.
 *
 * @returns the snapshot's folder
 * @throws HubRefusal; DiagnosticError `disk-full`, `bad-weight-index`; Error with a reason
 */
export async function downloadFromHub(request: HubRequest): Promise<string> {
  const { modelName, revision, env } = request;
  const hub = new HubClient(modelName, env);
  // Files of a branch would each go into the folder of the commit that last touched them: settle the commit first.
  const commit = await hub.commitOf(revision);
  const offered = await hub.files(commit);
  const entry = weightEntryOf((name) => offered.has(name));
  if (!offered.has('config.json')) throw new Error(`${modelName} has no config.json`);
  if (!entry) throw new Error(`${modelName} has no weights in a known format: ${weightEntries.map(({ name }) => name).join(', ')}`); // prettier-ignore
  const folder = join(modelFolder(env, modelName), 'snapshots', commit);
  const bring = async (names: readonly string[]): Promise<void> => {
    const files = names.map((name) => offered.get(name)).filter((file) => file !== undefined);
    await bringFiles(request, hub, commit, files);
  };
  await bring(['config.json', ...companionFiles, ...(entry.sharded ? [entry.name] : [])]);
  const weights = entry.sharded ? shardsOf(readWeightIndex(join(folder, entry.name))) : [entry.name];
  // Said before the weights cross, which is what takes the time.
  const absent = [...missingAroundWeights(folder), ...weights.filter((name) => !offered.has(name))];
  if (absent.length > 0) throw new Error(`${modelName} has no ${absent.join(' and no ')}`);
  await bring(weights);
  if (commit !== revision) await rememberRevision(env, modelName, revision, commit);
  return folder;
}

async function bringFiles(
  { modelName, env, log, onProgress }: HubRequest,
  hub: HubClient,
  commit: string,
  files: readonly (OfferedFile & { readonly digest: FileDigest })[],
): Promise<void> {
  const cache = modelFolder(env, modelName);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const file of files) {
    const blob = join(cache, 'blobs', file.digest.hex);
    const snapshot = join(cache, 'snapshots', commit, file.path);
    if (!hasBlob(blob, file.bytes)) {
      log(`fetching ${modelName}/${file.path} at ${commit.slice(0, 8)}`);
      await fetchFile({
        file,
        target: blob,
        open: (from, signal) => hub.open(file.path, commit, from, signal),
        onProgress: (bytes) => onProgress?.(before + bytes, total, file.path),
        log,
      });
    }
    if (!existsSync(snapshot)) await linkSnapshot(blob, snapshot);
    before += file.bytes;
    onProgress?.(before, total, file.path);
  }
}
