import { cp } from 'node:fs/promises';
import { hashPath } from '../state/index.js';
import type { ImportState, Project } from '../types.js';
import { sourceMissing, type UrlSource } from './source.js';

/** A file or folder of this host. */
export class LocalSource implements UrlSource {
  constructor(
    readonly project: Project,
    readonly path: string,
  ) {}

  async describe(): Promise<ImportState> {
    const hashed = await hashPath(this.project, this.path);
    if (!hashed) throw sourceMissing(this.path);
    const { md5, size } = hashed;
    return { md5, size, ...(hashed.kind === 'folder' ? { nfiles: hashed.nfiles } : {}), hash: 'md5' };
  }

  async download(to: string): Promise<void> {
    await cp(this.path, to, { recursive: true, dereference: true });
  }
}
