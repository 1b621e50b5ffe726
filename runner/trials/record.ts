import { mkdir, readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { writeBeside } from '../../dvc/index.js';
import { openState } from '../run-folder.js';
import { listSweepFolders, sweepFolder } from './sweep-folder.js';

/** What a sweep leaves for people and for `sweep list`, `show` and `apply`: in the project, so that no server is needed. */
export interface SweepRecord {
  readonly id: string;
  readonly workflowId: string;
  /** The workflow's first run. */
  readonly run: string;
  readonly status: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What the workflow knows. */
  readonly state: unknown;
}

export async function writeRecord(root: string, record: SweepRecord): Promise<void> {
  await openState(root);
  const { record: file } = sweepFolder(root, record.id);
  await mkdir(dirname(file), { recursive: true });
  await writeBeside(file, formatRecord(record));
}

/** Undefined when there is none. */
export async function readRecord(root: string, id: string): Promise<SweepRecord | undefined> {
  const { record: file } = sweepFolder(root, id);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  return parseRecord(text, relative(root, file));
}

/**
 * @param file for people
 * @throws DiagnosticError `bad-sweep-record`
 */
export function parseRecord(text: string, file: string): SweepRecord {
  try {
    return JSON.parse(text) as SweepRecord;
  } catch (cause) {
    throw new DiagnosticError('bad-sweep-record', {
      message: 'the record of a sweep is not valid JSON: it may have been cut off',
      at: { file },
      fix: 'delete it; the experiments of the sweep stay with git and DVC',
      cause,
    });
  }
}

export function formatRecord(record: SweepRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** The records of a project's sweeps, the newest first. */
export async function listRecords(root: string): Promise<SweepRecord[]> {
  const records = await Promise.all((await listSweepFolders(root)).map((id) => readRecord(root, id)));
  return newestFirst(records.filter((record) => record !== undefined));
}

export function newestFirst(records: readonly SweepRecord[]): SweepRecord[] {
  return records.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}
