import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { firstColumns } from '../../finetuning/index.js';

/** The columns of a local file of records; undefined of all else, which is looked at when it is ingested. */
export async function columnsOf(data: string): Promise<readonly string[] | undefined> {
  const path = resolve(data);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return await firstColumns(path);
}
