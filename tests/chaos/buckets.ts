import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turn } from '../../runner/index.js';
import { openS3Store } from '../../storage/index.js';
import type { S3Server } from '../rig/s3.js';
import { listObjects, tornObjects } from './objects.js';

export interface BucketLeftovers {
  readonly turns: number;
  readonly checkpoints: number;
}

const LOOK_MS = 5_000;

/** The buckets that pipelines share, looked at from behind the server: no object may go, and nothing may stay held. */
export class Buckets {
  readonly #names: readonly string[];
  /** Every object that was ever seen in a bucket. */
  readonly #seen = new Map<string, Set<string>>();

  constructor(
    readonly s3: S3Server,
    count: number,
    readonly complain: (what: string) => void,
  ) {
    this.#names = Array.from({ length: count }, () => s3.makeBucket());
  }

  of(seed: number): string {
    return this.#names[seed % this.#names.length] as string;
  }

  /** Folder of a bucket's DVC remote. */
  remote(bucket: string): string {
    return join(this.s3.folder(bucket), 'dvc');
  }

  async watch(end: number): Promise<void> {
    while (Date.now() < end) {
      for (const bucket of this.#names) this.#look(bucket);
      await sleep(LOOK_MS);
    }
  }

  /** When all runs have ended and all workers have left: nothing is lost, torn or held. */
  async settle(): Promise<BucketLeftovers> {
    const left = { turns: 0, checkpoints: 0 };
    for (const bucket of this.#names) {
      this.#look(bucket);
      const torn = tornObjects(this.remote(bucket));
      if (torn.length > 0) this.complain(`${bucket} has torn objects: ${torn.join(', ')}`);
      left.turns += this.#files(bucket, 'turns').length;
      left.checkpoints += this.#files(bucket, 'checkpoints').length;
      // As a worker does every hour: what it leaves is held by somebody.
      await Turn.sweep(await openS3Store(this.s3.options(bucket, 'dvc')));
      const held = this.#files(bucket, 'turns');
      if (held.length > 0) this.complain(`${bucket} has turns held: ${held.join(', ')}`);
    }
    return left;
  }

  #look(bucket: string): void {
    const seen = this.#seen.get(bucket) ?? new Set();
    const now = new Set(listObjects(this.remote(bucket)));
    for (const object of seen)
      if (!now.has(object)) {
        this.complain(`${object} was in ${bucket}, and is gone`);
        seen.delete(object);
      }
    this.#seen.set(bucket, new Set([...seen, ...now]));
  }

  /** What we keep in a remote beside DVC's objects. */
  #files(bucket: string, kind: string): string[] {
    const folder = join(this.remote(bucket), 'reprise', kind);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  }
}
