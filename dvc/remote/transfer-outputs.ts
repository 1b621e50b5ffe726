import { hashNameOf, type HashName } from '../state/index.js';
import type { Md5, Project } from '../types.js';
import { fetchObjects } from './fetch-objects.js';
import { openRemote, type Remote } from './open-remote.js';
import { pushObjects } from './push-objects.js';
import type { TransferProgress, TransferRequest, TransferResult } from './transfer.js';
import type { UsedOutput } from './used-outputs.js';

export interface OutputsRequest {
  readonly project: Project;
  readonly outputs: readonly UsedOutput[];
  /** Otherwise each out's own, else the default one. */
  readonly remote?: string | undefined;
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((remote: Remote, progress: TransferProgress) => void) | undefined;
}

export interface OutputsResult extends TransferResult {
  readonly remote: Remote;
}

/**
 * Pushes the objects of outs, each to its remote. What is not to be pushed, and what belongs to another repository, is left out.
 *
 * @returns one result for each remote and kind of hash
 */
export async function pushOutputs(request: OutputsRequest): Promise<OutputsResult[]> {
  const outputs = request.outputs.filter(
    ({ stage, out }) => out.push !== false && stage.imports !== 'repository',
  );
  return transfer({ ...request, outputs }, pushObjects);
}

/** Fetches the objects of outs, each from its remote. */
export async function fetchOutputs(request: OutputsRequest): Promise<OutputsResult[]> {
  return transfer(request, fetchObjects);
}

async function transfer(
  request: OutputsRequest,
  act: (request: TransferRequest) => Promise<TransferResult>,
): Promise<OutputsResult[]> {
  const { project, jobs, signal, onProgress } = request;
  const results: OutputsResult[] = [];
  for (const { name, hashName, hashes } of groups(request)) {
    const remote = await openRemote(project, name);
    const tell = onProgress && ((progress: TransferProgress) => onProgress(remote, progress));
    const result = await act({ project, remote, hashes, hashName, jobs, signal, onProgress: tell });
    results.push({ ...result, remote });
  }
  return results;
}

interface Group {
  readonly name: string | undefined;
  readonly hashName: HashName;
  readonly hashes: Md5[];
}

/** With a remote named, outs that belong to another one are left out, as DVC does. */
function groups({ outputs, remote }: OutputsRequest): Iterable<Group> {
  const named = remote?.toLowerCase();
  const found = new Map<string, Group>();
  for (const { out, locked } of outputs) {
    const own = out.remote?.toLowerCase();
    if (named !== undefined && own !== undefined && own !== named) continue;
    const name = named ?? own;
    const hashName = hashNameOf(locked);
    const key = JSON.stringify([name, hashName]);
    const group = found.get(key) ?? { name, hashName, hashes: [] };
    group.hashes.push(locked.md5);
    found.set(key, group);
  }
  return found.values();
}
