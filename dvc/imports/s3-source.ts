import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { ObjectInfo, ObjectStore } from '../../storage/index.js';
import { compareCodePoints, isContained, mapConcurrently, md5OfBytes, pythonJson } from '../state/index.js';
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
    const files = await this.#files();
    for (const { relpath } of files) if (!isContained(relpath)) throw this.#leaves(relpath);
    const bring = async ({ relpath, info }: { relpath: string; info: ObjectInfo }): Promise<void> => {
      await mkdir(dirname(join(to, relpath)), { recursive: true });
      await this.store.download(info.key, join(to, relpath), { signal });
    };
    await mapConcurrently(files, bring, JOBS);
  }

  /** A bucket takes any text for a key, and this one may be somebody else's. */
  #leaves(relpath: string): DiagnosticError {
    return new DiagnosticError('path-escape', {
      message: `${this.store.name}/${this.key} holds an object that would be written outside its folder`,
      found: JSON.stringify(relpath),
      fix: 'do not import it, or remove that object from the bucket',
    });
  }

  async #object(): Promise<ObjectInfo | undefined> {
    return this.key === '' ? undefined : await this.store.head(this.key);
  }

  async #files(): Promise<{ relpath: string; info: ObjectInfo }[]> {
    const prefix = this.key === '' ? '' : `${this.key}/`;
    const files: { relpath: string; info: ObjectInfo }[] = [];
    // What stands for a folder, as consoles make it, is none of the files.
    for await (const info of this.store.list(prefix))
      if (!info.key.endsWith('/')) files.push({ relpath: info.key.slice(prefix.length), info });
    if (files.length === 0) throw sourceMissing(`${this.store.name}/${this.key}`);
    return files.sort((a, b) => compareCodePoints(a.relpath, b.relpath));
  }
}

function etagOf({ etag = '' }: ObjectInfo): string {
  return etag.replace(/^"|"$/g, '');
}
