import { isMap, isSeq, visit } from 'yaml';
import { DiagnosticError, YamlDocument } from '../../../diagnostics/index.js';
import type { LockEntry } from '../../types.js';
import { parseFiles } from './parse-entry.js';
import { emitYaml, type YamlValue } from '../yaml/emit.js';
import { ValueReader } from '../yaml/values.js';
import { readIfPresent, refuseConflicts } from './lock-text.js';
import { hasBlankLine, keepsStyle } from './segments.js';

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
  const { document } = new YamlDocument(shownAs, text);
  if (!hasBlankLine(text) && !keepsStyle(document.contents)) {
    const mapping = new ValueReader(document, true).read(document.contents) as Map<string, YamlValue>;
    for (const out of (mapping.get('outs') ?? []) as readonly YamlValue[])
      if (out instanceof Map) update(out, entry);
    return emitYaml(mapping).text;
  }
  const outs = isMap(document.contents) ? document.contents.get('outs', true) : undefined;
  for (const out of isSeq(outs) ? outs.items : []) if (isMap(out)) update(out, entry);
  // DVC keeps comments and flow style, and drops quotes that are not needed.
  visit(document, { Scalar: (_key, node) => void (node.type?.startsWith('QUOTE') && delete node.type) });
  return document.toString({
    indentSeq: false,
    lineWidth: 0,
    singleQuote: true,
    flowCollectionPadding: false,
  });
}

/** What a Map has in common with a mapping of a YAML document. */
interface Fields {
  get(key: string): unknown;
  set(key: string, value: string | number | boolean): unknown;
  delete(key: string): unknown;
}

function update(out: Fields, entry: LockEntry): void {
  const made = entry.outs?.find(({ path }) => path === out.get('path'));
  if (!made) return;
  for (const key of ['md5', 'size', 'nfiles', 'isexec', 'hash'] as const) {
    const value = made[key];
    if (value === undefined) out.delete(key);
    else if (out.get(key) !== value) out.set(key, value);
  }
}
