import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Md5 } from '../../types.js';
import { isMd5 } from '../lock/parse-entry.js';
import { compareCodePoints } from '../python/compare.js';
import { pythonJson } from '../python/json.js';
import { md5OfBytes } from './md5.js';

export interface TreeEntry {
  readonly relpath: string;
  readonly md5: Md5;
}

/** A directory object: the bytes that are stored, and the hash that names them. */
export interface Tree {
  readonly md5: Md5;
  readonly bytes: string;
  readonly entries: readonly TreeEntry[];
}

export function makeTree(files: readonly TreeEntry[]): Tree {
  const entries = files
    .map(({ relpath, md5 }) => ({ relpath, md5 }))
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
  const bytes = pythonJson(entries);
  return { md5: `${md5OfBytes(bytes)}.dir` as Md5, bytes, entries };
}

/**
 * @param file for messages
 * @throws DiagnosticError `bad-object` for JSON that is cut off or of another shape, and for paths that lead outside
 */
export function parseTree(text: string, file: string): readonly TreeEntry[] {
  const fail = (message: string) =>
    new DiagnosticError('bad-object', {
      message: `${file} is not a directory object: ${message}`,
      at: { file },
      fix: 'delete that file, then fetch it from the remote (dvc fetch) or run the stage that makes it again',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw fail('its JSON is damaged or cut off');
  }
  if (!Array.isArray(parsed)) throw fail('it is not a list');
  const seen = new Set<string>();
  return parsed.map((item: unknown): TreeEntry => {
    const { relpath, md5 } = (item ?? {}) as { relpath?: unknown; md5?: unknown };
    if (typeof relpath !== 'string' || typeof md5 !== 'string' || !isMd5(md5) || md5.endsWith('.dir'))
      throw fail('an entry lacks relpath or md5');
    if (!isContained(relpath)) throw fail(`the path ${JSON.stringify(relpath)} leads outside the folder`);
    if (seen.has(relpath)) throw fail(`the path ${JSON.stringify(relpath)} comes twice`);
    seen.add(relpath);
    return { relpath, md5 };
  });
}

/** Whether a path of somebody else's, below a folder, stays in it. */
export function isContained(relpath: string): boolean {
  return (
    relpath !== '' &&
    !relpath.includes('\0') &&
    relpath.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
