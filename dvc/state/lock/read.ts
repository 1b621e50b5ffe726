import { relative } from 'node:path';
import { isMap, type YAMLMap } from 'yaml';
import { DiagnosticError, YamlDocument } from '../../../diagnostics/index.js';
import type { LockEntry, Project, Stage } from '../../types.js';
import { readDvcFile } from './dvc-file.js';
import { readKnown } from './known-lock.js';
import { refuseConflicts } from './lock-text.js';
import { parseEntry, scalarText } from './parse-entry.js';

/** `dvc.lock` for `dvc.yaml`, `other.lock` for `other.yaml`. */
export function lockPath(dvcfile: string): string {
  return dvcfile.replace(/\.ya?ml$/, '.lock');
}

export function isPipelineFile(dvcfile: string): boolean {
  return /\.ya?ml$/.test(dvcfile);
}

/**
 * The entries of the lock file beside `dvcfile`, by stage name; none when there is no lock file. For a `.dvc` file, the one
 * entry that it is, under its path.
 *
 * @throws DiagnosticError `lock-conflict`, `yaml-syntax`, `bad-lock`
 */
export async function readLock(project: Project, dvcfile: string): Promise<ReadonlyMap<string, LockEntry>> {
  const shownAs = (file: string) => relative(project.root, file) || file;
  if (!isPipelineFile(dvcfile)) {
    const entry = await readDvcFile(dvcfile, shownAs(dvcfile));
    return entry ? new Map([[shownAs(dvcfile), entry]]) : new Map<string, LockEntry>();
  }
  const path = lockPath(dvcfile);
  const known = await readKnown(path);
  if (known === undefined) return new Map();
  if (typeof known === 'string') return entriesOf(parseLockText(known, shownAs(path)));
  return new Map(known.sections.map(({ name, entry }) => [name, entry]));
}

const entriesRead = new WeakMap<YamlDocument, ReadonlyMap<string, LockEntry>>();

function entriesOf(source: YamlDocument): ReadonlyMap<string, LockEntry> {
  const known = entriesRead.get(source);
  if (known) return known;
  const entries = new Map<string, LockEntry>();
  for (const { key, value } of stagesOf(source)?.items ?? []) {
    const name = scalarText(key);
    entries.set(name, parseEntry(source, value, ['stages', name]));
  }
  entriesRead.set(source, entries);
  return entries;
}

/** What the lock says of one stage. */
export async function readLockEntry(project: Project, stage: Stage): Promise<LockEntry | undefined> {
  if (!isPipelineFile(stage.dvcfile)) return [...(await readLock(project, stage.dvcfile)).values()][0];
  const known = await readKnown(lockPath(stage.dvcfile));
  if (typeof known === 'object') return known.byName.get(stage.name)?.entry;
  return (await readLock(project, stage.dvcfile)).get(stage.name);
}

/** The same of many stages at once: each file is looked at once. */
export async function readLockEntries(
  project: Project,
  stages: readonly Stage[],
): Promise<(stage: Stage) => LockEntry | undefined> {
  const locks = new Map<string, ReadonlyMap<string, LockEntry>>();
  for (const { dvcfile } of stages)
    if (!locks.has(dvcfile)) locks.set(dvcfile, await readLock(project, dvcfile));
  return ({ dvcfile, name }) => {
    const lock = locks.get(dvcfile);
    return isPipelineFile(dvcfile) ? lock?.get(name) : lock?.values().next().value;
  };
}

/** The texts that were parsed last, of files that are not cut into sections: a run reads dvc.lock for each of its stages. */
const parsed = new Map<string, YamlDocument>();
const KEPT = 4;

/** Parses a lock file and checks what is not inside a stage. */
export function parseLockText(text: string, shownAs: string): YamlDocument {
  const key = `${shownAs}\0${text}`;
  const source = parsed.get(key) ?? parseChecked(text, shownAs);
  // The one that was asked for last goes to the end.
  parsed.delete(key);
  parsed.set(key, source);
  for (const oldest of parsed.keys()) {
    if (parsed.size <= KEPT) break;
    parsed.delete(oldest);
  }
  return source;
}

function parseChecked(text: string, shownAs: string): YamlDocument {
  refuseConflicts(text, shownAs);
  const source = new YamlDocument(shownAs, text);
  const root = source.document.contents;
  const fail = (path: string[], message: string) =>
    new DiagnosticError('bad-lock', {
      message,
      at: source.locate(path),
      fix: 'restore the file from git, or delete it so that every stage is run again',
    });
  if (!isMap(root)) throw fail([], `${shownAs} is empty or not a mapping: it may have been cut off`);
  if (String(root.get('schema')) !== '2.0')
    throw fail(['schema'], "schema is not '2.0', the only one that DVC 3 reads");
  const stages = root.get('stages', true);
  if (stages !== undefined && !isMap(stages)) throw fail(['stages'], 'stages is not a mapping');
  return source;
}

export function stagesOf(source: YamlDocument): YAMLMap | undefined {
  const root = source.document.contents;
  const stages = isMap(root) ? root.get('stages', true) : undefined;
  return isMap(stages) ? stages : undefined;
}
