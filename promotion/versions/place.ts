import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import {
  addData,
  checkoutObject,
  trackData,
  type LockedFile,
  type Md5,
  type Project,
} from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { ContentReference } from '../../workflows/index.js';
import { insideProject } from './paths.js';

/** `copies`: files and their records. `records`: what git gets; the data is in the remote. */
export type Placement = 'copies' | 'records';

/**
 * Puts content where a version has it. Doing it again changes nothing.
 *
 * @param path relative to the project
 * @throws DiagnosticError `cache-missing`, `version-taken`, `disk-full`, `path-outside`
 */
export async function placeAt(
  project: Project,
  path: string,
  content: ContentReference,
  placement: Placement,
): Promise<ContentReference> {
  const file = await insideProject(project.root, path);
  // Half a copy of ours has no `.dvc` file yet, and is completed; what has one belongs to whoever made it.
  const tracked = await readFile(`${file}.dvc`, 'utf8').catch(() => undefined);
  if (tracked !== undefined && !tracked.includes(content.md5)) {
    throw new DiagnosticError('version-taken', {
      message: `${path} is there already, with another content`,
      at: { file: path },
      fix: 'promote again: it gets the next number',
    });
  }
  await (placement === 'copies' ? placeCopy : placeRecord)(project, file, content);
  return { ...content, path: relative(project.root, file) };
}

async function placeCopy(project: Project, file: string, content: ContentReference): Promise<void> {
  const at = { file: relative(project.root, file) };
  await mkdir(dirname(file), { recursive: true });
  await checkoutObject(project, file, lockedAt(file, content), at);
  await addData(project, file);
}

async function placeRecord(project: Project, file: string, content: ContentReference): Promise<void> {
  await trackData(project, file, lockedAt(file, content));
}

export function lockedAt(file: string, content: ContentReference): LockedFile & { readonly md5: Md5 } {
  const { isexec, ...rest } = content;
  const md5 = content.md5 as Md5;
  return { ...rest, path: basename(file), hash: 'md5', md5, ...(isexec ? { isexec } : {}) };
}
