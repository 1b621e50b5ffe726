import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { appendFile, copyFile, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { putInFiles } from '../registry/file-registry.js';
import { MODEL_PATH, type RegisteredVersion } from '../registry/registered-version.js';
import { placeWhole, writeWhole } from './place-whole.js';
import {
  STATUS_NUMBERS,
  StoreFailure,
  type DatasetInput,
  type FoundRun,
  type LogBatch,
  type NewRun,
  type RunStatus,
  type TrackingStore,
} from './tracking-store.js';

const META = 'meta.yaml';

const experimentMeta = z.looseObject({ name: z.string(), lifecycle_stage: z.string() });
const runMeta = z.looseObject({ start_time: z.number(), status: z.number(), lifecycle_stage: z.string() });

/**
 * MLflow's file store (`mlruns`), in the layout of mlflow/store/tracking/file_store.py: a folder per experiment, in it
 * one per run, in it a file per metric, param and tag. What is written whole is written beside and renamed; a metric's
 * file is appended to.
 */
export class FileStore implements TrackingStore {
  readonly #root: string;
  /** Run → its folder. */
  readonly #runs = new Map<string, string>();

  /** @param root absolute */
  constructor(root: string) {
    this.#root = root;
  }

  async experiment(name: string): Promise<string> {
    await mkdir(this.#root, { recursive: true });
    await this.#keepFromGit();
    for (const id of await folders(this.#root)) {
      const meta = await readMeta(join(this.#root, id), experimentMeta);
      if (meta?.name !== name) continue;
      if (meta.lifecycle_stage === 'active') return id;
      throw new StoreFailure(`the experiment ${name} was deleted: restore it, or name another one`, true);
    }
    // As MLflow's own: 18 digits, which no other store is likely to have given too.
    const id = String(BigInt(`0x${randomUUID().replaceAll('-', '')}`) % 10n ** 18n).padStart(18, '1');
    const now = Date.now();
    await this.#writeWhole(
      join(this.#root, id, META),
      stringify({
        artifact_location: pathToFileURL(join(this.#root, id)).href,
        creation_time: now,
        experiment_id: id,
        last_update_time: now,
        lifecycle_stage: 'active',
        name,
      }),
    );
    return id;
  }

  async createRun({ experimentId, name, startTime, tags }: NewRun): Promise<string> {
    const runId = randomUUID().replaceAll('-', '');
    const folder = join(this.#root, experimentId, runId);
    for (const part of ['metrics', 'params', 'artifacts', 'tags'])
      await mkdir(join(folder, part), { recursive: true });
    this.#runs.set(runId, folder);
    await this.log(runId, { metrics: [], params: {}, tags: { 'mlflow.runName': name, ...tags } });
    // Last: without it, MLflow takes the folder for no run.
    await this.#writeWhole(
      join(folder, META),
      stringify({
        artifact_uri: pathToFileURL(join(folder, 'artifacts')).href,
        deleted_time: null,
        end_time: null,
        entry_point_name: '',
        experiment_id: experimentId,
        lifecycle_stage: 'active',
        run_id: runId,
        run_name: name,
        run_uuid: runId,
        source_name: '',
        source_type: 4,
        source_version: '',
        start_time: startTime,
        status: STATUS_NUMBERS.RUNNING,
        tags: [],
        user_id: tags['mlflow.user'] ?? userInfo().username,
      }),
    );
    return runId;
  }

  async findRun(
    experimentId: string,
    [tag, value]: readonly [string, string],
    which: 'newest' | 'oldest' = 'newest',
  ): Promise<FoundRun | undefined> {
    const experiment = join(this.#root, experimentId);
    let found: FoundRun | undefined;
    const isBetter = (start: number): boolean =>
      !found || (which === 'newest' ? start > found.startTime : start < found.startTime);
    for (const runId of await folders(experiment)) {
      const folder = join(experiment, runId);
      const has = await readFile(join(folder, 'tags', tag), 'utf8').catch(() => undefined);
      if (has?.trim() !== value) continue;
      const meta = await readMeta(folder, runMeta);
      if (meta?.lifecycle_stage !== 'active' || !isBetter(meta.start_time)) continue;
      const status = (Object.keys(STATUS_NUMBERS) as RunStatus[]).find(
        (name) => STATUS_NUMBERS[name] === meta.status,
      );
      found = { runId, status: status ?? 'RUNNING', startTime: meta.start_time };
    }
    return found;
  }

  async deleteRun(runId: string): Promise<void> {
    await this.#change(runId, { lifecycle_stage: 'deleted', deleted_time: Date.now() });
  }

  async updateRun(
    runId: string,
    { status, endTime }: { readonly status: RunStatus; readonly endTime?: number },
  ): Promise<void> {
    await this.#change(runId, { status: STATUS_NUMBERS[status], end_time: endTime ?? null });
  }

  async #change(runId: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
    const folder = await this.#folder(runId);
    const meta = await readMeta(folder, z.looseObject({}));
    await this.#writeWhole(join(folder, META), stringify({ ...meta, ...fields }));
  }

  async lastSteps(runId: string): Promise<ReadonlyMap<string, number>> {
    const metrics = join(await this.#folder(runId), 'metrics');
    const last = new Map<string, number>();
    for (const name of await readdir(metrics, { recursive: true })) {
      const file = join(metrics, name);
      if (!(await stat(file)).isFile()) continue;
      const step = Number(lastLine(file)?.split(' ')[2]);
      if (Number.isInteger(step)) last.set(name.replaceAll('\\', '/'), step);
    }
    return last;
  }

  async log(runId: string, { metrics, params, tags }: LogBatch): Promise<void> {
    const folder = await this.#folder(runId);
    const lines = new Map<string, string>();
    for (const { key, value, step, timestamp } of metrics)
      lines.set(key, `${lines.get(key) ?? ''}${timestamp} ${value} ${step}\n`);
    for (const [key, text] of lines) {
      const file = join(folder, 'metrics', key);
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, text);
    }
    for (const [key, value] of Object.entries(params))
      await this.#writeWhole(join(folder, 'params', key), value);
    for (const [key, value] of Object.entries(tags)) await this.#writeWhole(join(folder, 'tags', key), value);
  }

  async logInputs(runId: string, inputs: readonly DatasetInput[]): Promise<void> {
    const folder = await this.#folder(runId);
    for (const { name, digest, uri, rows, context } of inputs) {
      const id = md5(name, digest);
      const dataset = join(dirname(folder), 'datasets', id, META);
      const profile = JSON.stringify({ num_rows: rows });
      if (!existsSync(dataset))
        await this.#writeWhole(
          dataset,
          stringify({
            digest,
            name,
            profile,
            schema: null,
            source: JSON.stringify({ uri }),
            source_type: 'local',
          }),
        );
      await this.#writeWhole(
        join(folder, 'inputs', md5(id, runId), META),
        stringify({
          destination_id: runId,
          destination_type: 'RUN',
          source_id: id,
          source_type: 'DATASET',
          tags: { 'mlflow.data.context': context },
        }),
      );
    }
  }

  async putArtifact(runId: string, file: string, path: string): Promise<void> {
    const artifact = join(await this.#folder(runId), 'artifacts', path);
    await placeWhole(this.#root, artifact, (to) => copyFile(file, to));
  }

  async putVersion(runId: string, version: RegisteredVersion): Promise<void> {
    const source = pathToFileURL(join(await this.#folder(runId), 'artifacts', MODEL_PATH)).href;
    await putInFiles(this.#root, version, { runId, source });
  }

  async #folder(runId: string): Promise<string> {
    const known = this.#runs.get(runId);
    if (known) return known;
    for (const experiment of await folders(this.#root)) {
      const folder = join(this.#root, experiment, runId);
      if (!existsSync(join(folder, META))) continue;
      this.#runs.set(runId, folder);
      return folder;
    }
    throw new StoreFailure(`the run ${runId} is no longer in ${this.#root}`, false);
  }

  async #writeWhole(path: string, text: string): Promise<void> {
    await writeWhole(this.#root, path, text);
  }

  /** The template's .gitignore names the folder; a project of the user's own may not. */
  async #keepFromGit(): Promise<void> {
    await writeFile(join(this.#root, '.gitignore'), '/*\n', { flag: 'wx' }).catch(() => undefined);
  }
}

const md5 = (...parts: readonly string[]): string => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

async function folders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

async function readMeta<T extends z.ZodType>(folder: string, schema: T): Promise<z.output<T> | undefined> {
  const text = await readFile(join(folder, META), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Of a file of whole lines; a torn one at its end, which a kill or a full disk left, is taken away first. */
function lastLine(path: string): string | undefined {
  const descriptor = openSync(path, 'r+');
  try {
    const { size } = fstatSync(descriptor);
    const tail = Buffer.alloc(Math.min(size, 4096));
    readSync(descriptor, tail, 0, tail.length, size - tail.length);
    const end = tail.lastIndexOf(0x0a) + 1;
    if (end < tail.length) ftruncateSync(descriptor, size - tail.length + end);
    return tail.subarray(0, end).toString('utf8').trimEnd().split('\n').at(-1) || undefined;
  } finally {
    closeSync(descriptor);
  }
}
