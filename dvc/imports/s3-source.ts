import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectInfo, ObjectStore } from '../../storage/index.js';
import { compareCodePoints, mapConcurrently, md5OfBytes, pythonJson } from '../state/index.js';
import type { ImportState } from '../types.js';
import { sourceMissing, type UrlSource } from './source.js';

const JOBS = 16;

/** An object of a bucket, or all below a prefix, as DVC tells one state from another: by ETags, without reading. */
export class S3Source implements UrlSource {
  constructor(
    readonly store: ObjectStore,
    readonly key: string,
  ) {}

  async describe(): Promise<ImportState> {
    const object = await this.#object();
    if (object) return { etag: etagOf(object), size: object.size, hash: 'md5' };
    const files = await this.#files();
    const tree = files.map(({ relpath, info }) => ({ etag: etagOf(info), relpath }));
    return {
      md5: `${md5OfBytes(pythonJson(tree))}.dir`,
      size: files.reduce((sum, { info }) => sum + info.size, 0),
      nfiles: files.length,
      hash: 'md5',
    };
  }

  async download(to: string, signal?: AbortSignal): Promise<void> {
    if (await this.#object()) {
      await this.store.download(this.key, to, { signal });
      return;
    }
    const bring = async ({ relpath, info }: { relpath: string; info: ObjectInfo }): Promise<void> => {
      await mkdir(dirname(join(to, relpath)), { recursive: true });
      await this.store.download(info.key, join(to, relpath), { signal });
    };
    await mapConcurrently(await this.#files(), bring, JOBS);
  }

  async #object(): Promise<ObjectInfo | undefined> {
    return this.key === '' ? undefined : await this.store.head(this.key);
  }

  async #files(): Promise<{ relpath: string; info: ObjectInfo }[]> {
    const prefix = this.key === '' ? '' : `${this.key}/`;
    const files: { relpath: string; info: ObjectInfo }[] = [];
    for await (const info of this.store.list(prefix))
      files.push({ relpath: info.key.slice(prefix.length), info });
    if (files.length === 0) throw sourceMissing(`${this.store.name}/${this.key}`);
    return files.sort((a, b) => compareCodePoints(a.relpath, b.relpath));
  }
}

function etagOf({ etag = '' }: ObjectInfo): string {
  return etag.replace(/^"|"$/g, '');
}
