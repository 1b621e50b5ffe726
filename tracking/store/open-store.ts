import type { TrackingTarget } from '../target.js';
import { FileStore } from './file-store.js';
import { RestClient } from './rest-client.js';
import { RestStore } from './rest-store.js';
import type { TrackingStore } from './tracking-store.js';

export function openStore(target: TrackingTarget): TrackingStore {
  return target.kind === 'files' ? new FileStore(target.folder) : new RestStore(new RestClient(target));
}
