import { isMap, isSeq, visit } from 'yaml';
import { DiagnosticError, YamlDocument } from '../../../diagnostics/index.js';
import type { LockEntry, ParamValue } from '../../types.js';
import { parseFiles } from './parse-entry.js';
import { md5OfBytes } from '../hashing/md5.js';
import { pythonJson } from '../python/json.js';
import { SpelledScalar, emitYaml, type YamlValue } from '../yaml/emit.js';
import { ValueReader, plainValue } from '../yaml/values.js';
import { IMPORT_FIELDS, importState } from './import-state.js';
import { readIfPresent, refuseConflicts } from './lock-text.js';
import { hasBlankLine, keepsStyle } from './segments.js';

/** A `.dvc` file is a stage and its lock entry in one: its outs carry their hashes. */
export async function readDvcFile(path: string, shownAs: string): Promise<LockEntry | undefined> {
  const text = await readIfPresent(path);
  return text === undefined ? undefined : parseDvcFile(text, shownAs);
}

/** @throws DiagnosticError `lock-conflict`, `yaml-syntax`, `bad-lock` */
function parseDvcFile(text: string, shownAs: string): LockEntry {
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
  const sources = root.get('deps', true);
  return {
    cmd: '',
    ...(deps && { deps }),
    ...(outs && { outs }),
    ...(isSeq(sources) && { imported: importState(sources.items[0]) }),
  };
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
    const [dep] = (mapping.get('deps') ?? []) as readonly YamlValue[];
    if (dep instanceof Map) {
      updateSource(dep, entry);
      if (mapping.has('md5')) mapping.set('md5', stageHash(mapping));
    }
    return emitYaml(mapping).text;
  }
  const outs = isMap(document.contents) ? document.contents.get('outs', true) : undefined;
  for (const out of isSeq(outs) ? outs.items : []) if (isMap(out)) update(out, entry);
  const deps = isMap(document.contents) ? document.contents.get('deps', true) : undefined;
  const dep = isSeq(deps) ? deps.items[0] : undefined;
  if (isMap(dep) && isMap(document.contents)) {
    updateSource(dep, entry);
    const values = new ValueReader(document).read(document.contents);
    if (values instanceof Map && values.has('md5')) document.setIn(['md5'], stageHash(values));
  }
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

/** What the source was when the outs were made of it. */
function updateSource(dep: Fields, { imported }: LockEntry): void {
  if (!imported) return;
  const repo = dep.get('repo');
  const place = repo instanceof Map || isMap(repo) ? (repo as Fields) : dep;
  for (const key of IMPORT_FIELDS) {
    const value = imported[key];
    if (value === undefined) place.delete(key);
    else if (String(place.get(key)) !== String(value)) place.set(key, value);
  }
}

/** Fields that are of no matter to what a `.dvc` file stands for (`compute_md5` in `dvc/stage/utils.py`). */
const NOT_HASHED = [
  'desc',
  'type',
  'labels',
  'meta',
  'locked',
  'frozen',
  'metric',
  'persist',
  'isexec',
  'size',
  'nfiles',
];

/** DVC's own hash of a `.dvc` file that imports, by which it sees that somebody has edited it. */
function stageHash(mapping: ReadonlyMap<unknown, unknown>): string {
  const fields = new Map(
    [...mapping].filter(([key, value]) => key !== 'md5' && !(key === 'wdir' && value === '.')),
  );
  return md5OfBytes(pythonJson(hashed(fields) as ParamValue));
}

function hashed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hashed);
  if (value instanceof SpelledScalar) return plainValue(value.text);
  if (!(value instanceof Map)) return value;
  return new Map(
    [...value].filter(([key]) => !NOT_HASHED.includes(String(key))).map(([key, item]) => [key, hashed(item)]),
  );
}
