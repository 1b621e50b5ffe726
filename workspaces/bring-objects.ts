import { setTimeout as sleep } from 'node:timers/promises';
import { fetchObjects, type TransferRequest } from '../dvc/index.js';

/** Before what a remote does not seem to have is asked for once more. */
const AGAIN_MS = 1000;

/**
 * Brings all of the objects into the cache. Some servers have no object for a moment when another host puts the same one again,
 * so what is missing is asked for twice.
 *
 * @throws DiagnosticError of the first that could not be had, `object-missing`, `damaged-object` and others of `fetchObjects`
 */
export async function bringObjects(request: TransferRequest): Promise<void> {
  const { failed } = await fetchObjects(request);
  if (failed.length === 0) return;
  const { signal } = request;
  await sleep(AGAIN_MS, undefined, signal ? { signal } : {});
  const again = await fetchObjects(request);
  if (again.failed[0]) throw again.failed[0].error;
}
