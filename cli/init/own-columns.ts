import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { firstRecords, type FirstRecords } from '../../finetuning/index.js';

/** Enough to tell texts from labels, and read in a moment. */
const RECORDS = 5000;
const TABLE = /\.((jsonl|csv|tsv)(\.gz)?|parquet)$/;

/** The beginning of a local file of records, or of a folder's first; undefined of all else, which is looked at when it is ingested. */
export async function recordsOf(data: string): Promise<FirstRecords | undefined> {
  const path = resolve(data);
  const what = statSync(path, { throwIfNoEntry: false });
  if (what?.isFile()) return await firstRecords(path, RECORDS);
  if (!what?.isDirectory()) return undefined;
  const first = readdirSync(path)
    .sort()
    .find((name) => TABLE.test(name));
  return first === undefined ? undefined : await firstRecords(join(path, first), RECORDS);
}
