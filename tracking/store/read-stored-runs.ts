import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { STATUS_NUMBERS, type MetricPoint, type RunStatus } from './tracking-store.js';

const META = 'meta.yaml';
const runMeta = z.looseObject({
  run_name: z.string(),
  status: z.number(),
  start_time: z.number(),
  end_time: z.number().nullish(),
  lifecycle_stage: z.literal('active'),
});

/** A run as it stands in a file store. */
export interface StoredRun {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
  readonly endTime: number | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Of each metric its points, by step. */
  readonly metrics: Readonly<Record<string, readonly MetricPoint[]>>;
}

/**
 * The runs of all experiments of a file store, oldest first. Those that were deleted are left out, and so is what is no run.
 *
 * @param root absolute; it need not exist
 */
export async function readStoredRuns(root: string): Promise<readonly StoredRun[]> {
  const runs: StoredRun[] = [];
  for (const experiment of await foldersIn(root)) {
    for (const id of await foldersIn(join(root, experiment))) {
      const run = await readRun(join(root, experiment, id), id);
      if (run) runs.push(run);
    }
  }
  return runs.sort((a, b) => a.startTime - b.startTime);
}

async function readRun(folder: string, id: string): Promise<StoredRun | undefined> {
  if (!existsSync(join(folder, META))) return undefined;
  const meta = runMeta.safeParse(parse(await readFile(join(folder, META), 'utf8'))).data;
  if (!meta) return undefined;
  const status = (Object.keys(STATUS_NUMBERS) as RunStatus[]).find(
    (name) => STATUS_NUMBERS[name] === meta.status,
  );
  const metrics = Object.entries(await readFiles(join(folder, 'metrics'))).map(([key, text]) => [
    key,
    pointsOf(key, text),
  ]);
  return {
    id,
    name: meta.run_name,
    status: status ?? 'RUNNING',
    startTime: meta.start_time,
    endTime: meta.end_time ?? undefined,
    params: await readFiles(join(folder, 'params')),
    tags: await readFiles(join(folder, 'tags')),
    metrics: Object.fromEntries(metrics) as Record<string, MetricPoint[]>,
  };
}

/** Lines of `timestamp value step`. One that a kill cut off is left out. */
function pointsOf(key: string, text: string): MetricPoint[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [timestamp = NaN, value = NaN, step = NaN] = line.split(' ').map(Number);
      return { key, value, step, timestamp };
    })
    .sort((a, b) => a.step - b.step);
}

/** Name with slashes → content, of a folder's files. */
async function readFiles(folder: string): Promise<Record<string, string>> {
  const names = existsSync(folder) ? await readdir(folder, { recursive: true }) : [];
  const files: [string, string][] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) files.push([name.replaceAll('\\', '/'), await readFile(path, 'utf8')]);
  }
  return Object.fromEntries(files);
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = existsSync(root) ? await readdir(root, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}
