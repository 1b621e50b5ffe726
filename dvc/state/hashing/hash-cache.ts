import type { BigIntStats } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Md5, Project } from '../../types.js';
import { writeBeside } from '../files/write-beside.js';

/** A file may change again within the clock's tick after its hash was taken: hashes that young are not kept. */
const SETTLED_MS = 50n;

/**
 * Hashes of files that have not changed since: by path, inode, size and modification time to the nanosecond. It lives in
 * `.reprise/hashes.jsonl`, to which every process appends whole lines; a line that is cut off or of another make is passed over.
 */
export class HashCache {
  #known: Map<string, { readonly stamp: string; readonly md5: Md5 }> | undefined;
  #lines = 0;
  #pending: string[] = [];

  constructor(readonly file: string) {}

  async get(path: string, info: BigIntStats): Promise<Md5 | undefined> {
    const known = (await this.#load()).get(path);
    return known?.stamp === stampOf(info) ? known.md5 : undefined;
  }

  /** @param settled the content is known for certain: we have just put it there */
  async set(path: string, info: BigIntStats, md5: Md5, settled = false): Promise<void> {
    if (!settled && BigInt(Date.now()) - info.mtimeMs < SETTLED_MS) return;
    const stamp = stampOf(info);
    (await this.#load()).set(path, { stamp, md5 });
    this.#pending.push(`${JSON.stringify([path, stamp, md5])}\n`);
  }

  /** Writes what is new. The cache may be lost at any time: a failure to write is no failure. */
  async flush(): Promise<void> {
    const lines = this.#pending;
    if (lines.length === 0) return;
    this.#pending = [];
    this.#lines += lines.length;
    try {
      await mkdir(dirname(this.file), { recursive: true });
      const known = await this.#load();
      if (this.#lines < 2 * known.size + 1000) await appendFile(this.file, lines.join(''));
      else {
        await writeBeside(
          this.file,
          [...known].map(([path, { stamp, md5 }]) => `${JSON.stringify([path, stamp, md5])}\n`).join(''),
          { isCache: true },
        );
        this.#lines = known.size;
      }
    } catch {
      // Nothing depends on it.
    }
  }

  async #load(): Promise<Map<string, { readonly stamp: string; readonly md5: Md5 }>> {
    if (this.#known) return this.#known;
    const known = new Map<string, { readonly stamp: string; readonly md5: Md5 }>();
    const text = await readFile(this.file, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      this.#lines += 1;
      try {
        const [path, stamp, md5] = JSON.parse(line) as [string, string, Md5];
        if (typeof path === 'string' && /^[0-9a-f]{32}$/.test(md5)) known.set(path, { stamp, md5 });
      } catch {
        continue;
      }
    }
    return (this.#known ??= known);
  }
}

function stampOf(info: BigIntStats): string {
  return `${info.ino}:${info.size}:${info.mtimeNs}`;
}

/** By the project's root, the one that was asked for last at the end. */
const open = new Map<string, HashCache>();
/** A worker of git workspaces has a new root for each run: those that nobody asked for lately are read from their files again. */
const KEPT = 16;

/** One cache per project in a process. */
export function hashCacheOf(project: Project): HashCache {
  const cache = open.get(project.root) ?? new HashCache(join(project.root, '.reprise', 'hashes.jsonl'));
  open.delete(project.root);
  open.set(project.root, cache);
  for (const oldest of open.keys()) {
    if (open.size <= KEPT) break;
    open.delete(oldest);
  }
  return cache;
}
