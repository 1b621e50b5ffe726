import { isMap, isSeq } from 'yaml';
import { DiagnosticError, YamlDocument } from '../../../diagnostics/index.js';
import type { LockEntry } from '../../types.js';
import { parseFiles } from './parse-entry.js';
import { readIfPresent, refuseConflicts } from './lock-text.js';

/** A `.dvc` file is a stage and its lock entry in one: its outs carry their hashes. */
export async function readDvcFile(path: string, shownAs: string): Promise<LockEntry | undefined> {
  const text = await readIfPresent(path);
  return text === undefined ? undefined : parseDvcFile(text, shownAs);
}

/** @throws DiagnosticError `lock-conflict`, `yaml-syntax`, `bad-lock` */
export function parseDvcFile(text: string, shownAs: string): LockEntry {
  refuseConflicts(text, shownAs);
  const source = new YamlDocument(shownAs, text);
  const root = source.document.contents;
  if (!isMap(root)) {
    throw new DiagnosticError('bad-lock', {
      message: `${shownAs} is empty or not a mapping: it may have been cut off`,
      at: { file: shownAs },
      fix: 'restore the file from git, or run dvc add again',
    });
  }
  const deps = parseFiles(source, root.get('deps', true), ['deps']);
  const outs = parseFiles(source, root.get('outs', true), ['outs']);
  return { cmd: '', ...(deps && { deps }), ...(outs && { outs }) };
}

/**
 * The text of a `.dvc` file with other hashes for its outs: only the lines of those values change, comments and flags stay.
 *
 * @throws DiagnosticError `lock-conflict`, `yaml-syntax`, `bad-lock`
 */
export function mergeDvcFile(text: string, entry: LockEntry, shownAs: string): string {
  parseDvcFile(text, shownAs);
  const document = new YamlDocument(shownAs, text).document;
  const outs = isMap(document.contents) ? document.contents.get('outs', true) : undefined;
  if (!isSeq(outs)) return text;
  for (const out of outs.items) {
    if (!isMap(out)) continue;
    const made = entry.outs?.find(({ path }) => path === String(out.get('path')));
    if (!made) continue;
    for (const key of ['md5', 'size', 'nfiles', 'isexec', 'hash'] as const) {
      if (made[key] === undefined) out.delete(key);
      else if (out.get(key) !== made[key]) out.set(key, made[key]);
    }
  }
  return document.toString({ indentSeq: false, lineWidth: 0 });
}
