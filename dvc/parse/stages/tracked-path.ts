import { statSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { DiagnosticError, type Location } from '../../../diagnostics/index.js';
import { externalPath } from '../../graph/index.js';
import type { IgnoreTree } from '../../project/index.js';
import type { Value } from '../values.js';

export interface TrackedPath {
  /** As dvc.lock names it. */
  readonly path: string;
  /** Absolute; of what is not on this host, its URL. */
  readonly file: string;
  readonly isRemote?: true;
}

interface TrackedPathPlace {
  readonly root: string;
  readonly wdir: string;
  readonly role: 'dep' | 'out' | 'params file';
  /** Of an out. */
  readonly cached?: boolean;
  readonly at: Location;
}

/**
 * A path as DVC means it: relative to the stage's working folder.
 *
 * @param role `dep`, `out` or `params file`: an out that is kept in the cache must lie inside the project
 * @throws DiagnosticError `wrong-type`, `external-path`, `dvcfile-as-path`, `path-outside`
 */
export function trackedPath(
  value: Value | undefined,
  { root, wdir, role, cached = true, at }: TrackedPathPlace,
): TrackedPath {
  if (typeof value !== 'string' || value === '') {
    throw new DiagnosticError('wrong-type', {
      message: `this ${role} is not a path`,
      at,
      fix: 'write a path there',
    });
  }
  if (isUrl(value)) {
    if (role === 'dep') return { path: value, file: value, isRemote: true };
    throw externalPath(value, at);
  }
  if (value.endsWith('.dvc') || basename(value) === 'dvc.yaml') {
    throw new DiagnosticError('dvcfile-as-path', {
      message: `${value} is a file of DVC itself: it cannot be a stage's ${role}`,
      at,
      fix: 'name the data that it describes',
    });
  }
  const file = resolve(wdir, value);
  const isInside = file.startsWith(`${root}/`);
  if (role === 'out' && cached && !isInside) {
    throw new DiagnosticError('path-outside', {
      message: `the out ${value} lies outside the project`,
      at,
      fix: `write it to a path inside ${root}, or set cache: false for it`,
    });
  }
  return { path: isAbsolute(value) && isInside ? relative(wdir, file) : value, file };
}

function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}

/** @throws DiagnosticError `path-ignored` */
export function refuseIgnored(ignore: IgnoreTree, { path, file }: TrackedPath, at: Location): void {
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!ignore.isIgnored(file, isFolder)) return;
  throw new DiagnosticError('path-ignored', {
    message: `the out ${path} is left out by a .dvcignore file`,
    at,
    fix: 'take it out of .dvcignore, or write it elsewhere',
  });
}
