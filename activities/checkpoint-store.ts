import { openRemote, type Project } from '../dvc/index.js';
import {
  CheckpointStore,
  expireCheckpoints,
  expireLocalCheckpoints,
  Turn,
  type EffectiveSettings,
} from '../runner/index.js';
import type { AbsentState } from './absent-state.js';
import { storeOf } from './with-turn.js';

/** Old checkpoints are looked for so often by one worker. */
const EXPIRE_EVERY_MS = 3600_000;
const expired = new Map<string, number>();

/**
 * Where other hosts find a stage's checkpoints: the DVC remote, for a git workspace or where the settings say so. Now and then,
 * old ones are removed, and turns that nobody holds.
 */
export async function openCheckpointStore(
  project: Project,
  absent: AbsentState | undefined,
  { checkpoints }: EffectiveSettings,
  key: string,
): Promise<CheckpointStore | undefined> {
  const { push = absent !== undefined, keep, expire } = checkpoints;
  const remote = push ? (absent ? absent.remote : await openRemote(project)) : undefined;
  const place = remote?.url ?? project.root;
  if (Date.now() - (expired.get(place) ?? 0) > EXPIRE_EVERY_MS) {
    expired.set(place, Date.now());
    const held = await Turn.keys(storeOf({ project, absent }));
    await expireLocalCheckpoints(project.root, expire, held);
    if (remote) await Promise.all([expireCheckpoints(remote.store, expire, held), Turn.sweep(remote.store)]);
  }
  return remote && new CheckpointStore(remote.store, key, keep);
}
