import { MODEL_MD5_TAG } from '../journal/entries.js';
import { JournalFolder } from '../journal/journal-folder.js';
import { pendingFolder } from '../journal/pending.js';
import { sendPending, type PendingEnd } from '../sending/send-pending.js';
import { openStore } from '../store/open-store.js';
import { StoreFailure } from '../store/tracking-store.js';
import type { TrackingTarget } from '../target.js';
import type { RegisteredVersion } from './registered-version.js';

export interface Announcement {
  /** `.reprise/tracking`. */
  readonly state: string;
  readonly target: TrackingTarget;
  readonly experiment: string;
  /** DVC's hash of the model's folder as it was trained: the run has it that made it. */
  readonly md5: string;
  readonly version: RegisteredVersion;
  /** What the store refuses for good. */
  readonly onRefused: (message: string) => void;
}

/**
 * Tells MLflow's registry of a version and its aliases. It is on disk first, behind what earlier commands could not send, and is sent
 * in that order: so of two aliases the later one counts, whenever a server is back. A model that no run is known of gets a run,
 * which has no files.
 *
 * @returns what could not be sent yet
 */
export async function announceVersion(announcement: Announcement): Promise<PendingEnd> {
  const { state, target, experiment, md5, version, onRefused } = announcement;
  const { journal, release } = JournalFolder.create(pendingFolder(state), {
    uri: target.uri,
    experiment,
    name: `${version.model} v${version.version}`,
    key: md5,
    keyTag: MODEL_MD5_TAG,
    run: 'latest',
    startTime: Date.now(),
    tags: {},
  });
  journal.append({ op: 'version', version });
  release();
  return await sendPending(state, target, onRefused);
}

/** @returns the id of the run that made a model; undefined when none is known, or the server is away */
export async function findModelRun(
  target: TrackingTarget,
  experiment: string,
  md5: string,
): Promise<string | undefined> {
  const store = openStore(target);
  try {
    return (await store.findRun(await store.experiment(experiment), [MODEL_MD5_TAG, md5]))?.runId;
  } catch (error) {
    if (error instanceof StoreFailure) return undefined;
    throw error;
  }
}
