import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DiagnosticError } from '../../diagnostics/index.js';
import { md5OfFile } from '../../dvc/index.js';
import type { ObjectStore, TransferOptions } from '../../storage/index.js';
import type { CheckpointOrder } from './checkpoint-order.js';
import { checkpointContents, type CheckpointContents } from './contents.js';
import { furthestFirst } from './position.js';

const PREFIX = 'reprise/checkpoints/';

/**
 * The finished checkpoints of one run key in a store that all hosts reach:
 * `reprise/checkpoints/<key>/<time>-<name>.json` says which files a checkpoint has, and `…/<key>/files/<md5>` are these; what two
 * checkpoints share is there once. DVC never looks there, nor does its `gc`.
 */
export class CheckpointStore {
  readonly #prefix: string;

  constructor(
    readonly store: ObjectStore,
    readonly key: string,
    /** How many are kept. */
    readonly keep: number,
  ) {
    this.#prefix = `${PREFIX}${key}/`;
  }

  /**
   * Stores a checkpoint, its list of files last: what has that is whole. Then drops those that are too far behind.
   *
   * @param path of the checkpoint on this host
   */
  async push(path: string, contents: CheckpointContents, options: TransferOptions = {}): Promise<void> {
    const there = new Set<string>();
    for await (const { key } of this.store.list(`${this.#prefix}files/`)) there.add(key);
    for (const { path: name, md5 } of contents.files) {
      options.signal?.throwIfAborted();
      const key = this.#fileKey(md5);
      if (there.has(key)) continue;
      await this.store.put(key, { file: join(path, name) }, options);
      there.add(key);
    }
    const key = `${this.#prefix}${String(contents.modified).padStart(15, '0')}-${contents.name}.json`;
    await this.store.put(key, Buffer.from(JSON.stringify(contents)), options);
    await this.#drop(there);
  }

  /**
   * Brings the furthest checkpoint to this host, unless it has one that is as far.
   *
   * @param order of those in the folder where the command looks for its checkpoints
   * @returns the name of what was brought
   */
  async restore(order: CheckpointOrder, signal?: AbortSignal): Promise<string | undefined> {
    const here = await order.look();
    const { readable } = await this.#lists();
    for (const { contents } of readable) order.follow(contents);
    for (const { contents } of readable) {
      if (here && furthestFirst(contents, here) >= 0) return undefined;
      try {
        await this.#fetch(contents, order.folder, signal);
        await order.brought(contents.name, contents);
        return contents.name;
      } catch (error) {
        // One that is damaged, or was dropped meanwhile: the one before it will do, and what comes of that is still further.
        if (!isOfOneCheckpoint(error)) throw error;
      }
    }
    return undefined;
  }

  /** Once a stage's outs are safe, its checkpoints have nothing left to say. Lists first: what has none is no checkpoint. */
  async remove(): Promise<void> {
    for (const key of await this.#listKeys()) await this.store.delete(key);
    for await (const { key } of this.store.list(this.#prefix)) await this.store.delete(key);
  }

  /** Furthest first; and the keys of those that cannot be read. */
  async #lists(): Promise<{ readonly readable: readonly List[]; readonly unreadable: readonly string[] }> {
    const readable: List[] = [];
    const unreadable: string[] = [];
    for (const key of await this.#listKeys()) {
      const contents = await this.#read(key);
      if (contents) readable.push({ key, contents });
      else unreadable.push(key);
    }
    readable.sort((a, b) => furthestFirst(a.contents, b.contents));
    return { readable, unreadable };
  }

  async #listKeys(): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const { key } of this.store.list(this.#prefix))
      if (key.endsWith('.json') && !key.slice(this.#prefix.length).includes('/')) keys.push(key);
    return keys;
  }

  async #read(key: string): Promise<CheckpointContents | undefined> {
    try {
      return checkpointContents.parse(JSON.parse(await text(await this.store.get(key))));
    } catch (error) {
      if (error instanceof DiagnosticError) throw error;
      return undefined;
    }
  }

  async #fetch(contents: CheckpointContents, folder: string, signal?: AbortSignal): Promise<void> {
    const beside = join(folder, `.fetched-${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(beside, { recursive: true });
      for (const { path, md5 } of contents.files) {
        const file = join(beside, path);
        await mkdir(dirname(file), { recursive: true });
        await this.store.download(this.#fileKey(md5), file, { signal });
        if ((await md5OfFile(file)) !== md5) throw new DamagedCheckpoint(contents.name, path);
      }
      const place = join(folder, contents.name);
      await rm(place, { recursive: true, force: true });
      await rename(beside, place);
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  }

  async #drop(there: ReadonlySet<string>): Promise<void> {
    const { readable, unreadable } = await this.#lists();
    if (readable.length <= this.keep) return;
    for (const { key } of readable.slice(this.keep)) await this.store.delete(key);
    // A list that cannot be read says nothing of its files: they stay.
    if (unreadable.length > 0) return;
    const kept = readable.slice(0, this.keep);
    const used = new Set(kept.flatMap(({ contents }) => contents.files.map(({ md5 }) => this.#fileKey(md5))));
    for (const key of there) if (!used.has(key)) await this.store.delete(key);
  }

  #fileKey(md5: string): string {
    return `${this.#prefix}files/${md5}`;
  }
}

interface List {
  readonly key: string;
  readonly contents: CheckpointContents;
}

class DamagedCheckpoint extends Error {
  constructor(name: string, path: string) {
    super(`${path} of the checkpoint ${name} is damaged`);
    this.name = 'DamagedCheckpoint';
  }
}

function isOfOneCheckpoint(error: unknown): boolean {
  const { code = '' } = error as { readonly code?: string };
  return error instanceof DamagedCheckpoint || ['object-missing', 'damaged-object'].includes(code);
}

/**
 * Removes the checkpoints of every key whose newest is older than `seconds`: nobody came to go on with them.
 *
 * @param held keys that somebody works on: by his clock, or ours, what he has just written may be years old
 */
export async function expireCheckpoints(
  store: ObjectStore,
  seconds: number,
  held: ReadonlySet<string>,
): Promise<void> {
  const newest = new Map<string, number>();
  for await (const { key } of store.list(PREFIX)) {
    const [runKey = '', name = ''] = key.slice(PREFIX.length).split('/');
    const time = name.endsWith('.json') ? Number.parseInt(name, 10) : 0;
    newest.set(runKey, Math.max(newest.get(runKey) ?? 0, time));
  }
  const limit = Date.now() - seconds * 1000;
  for (const [runKey, time] of newest) {
    // Files without a list may be of a checkpoint that is crossing now.
    if (time > 0 && time < limit && !held.has(runKey)) await new CheckpointStore(store, runKey, 1).remove();
  }
}
