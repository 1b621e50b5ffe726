import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeWhole } from '../store/place-whole.js';
import { VERSION_TAG, type RegisteredVersion } from './registered-version.js';

/** Beside the experiments; MLflow takes it for none. */
const MODELS = 'models';

/**
 * Puts a version into the registry of MLflow's file store, in the layout of mlflow/store/model_registry/file_store.py: a folder
 * per model, in it one per version and a file per alias. Doing it again changes nothing but the times.
 *
 * @param root absolute; `mlruns`
 * @param source URI of the model's files
 */
export async function putInFiles(
  root: string,
  version: RegisteredVersion,
  { runId, source }: { readonly runId: string; readonly source: string },
): Promise<void> {
  const write = (path: string, text: string): Promise<void> => writeWhole(root, path, text);
  const folder = join(root, MODELS, version.model);
  const now = Date.now();
  await mkdir(join(folder, 'aliases'), { recursive: true });
  const number = await numberOf(folder, version.version);
  const place = join(folder, `version-${number}`);
  if (!(await has(join(place, 'meta.yaml')))) {
    for (const [name, value] of Object.entries({ ...version.tags, [VERSION_TAG]: String(version.version) }))
      await write(join(place, 'tags', name), value);
    // Last: without it, it is no version.
    await write(
      join(place, 'meta.yaml'),
      stringify({
        creation_timestamp: now,
        current_stage: 'None',
        description: version.description,
        last_updated_timestamp: now,
        model_id: null,
        name: version.model,
        run_id: runId,
        run_link: null,
        source,
        status: 'READY',
        status_message: null,
        storage_location: source,
        user_id: null,
        version: number,
      }),
    );
  }
  for (const alias of version.aliases.set) await write(join(folder, 'aliases', alias), String(number));
  for (const alias of version.aliases.unset) {
    const file = join(folder, 'aliases', alias);
    if ((await readFile(file, 'utf8').catch(() => '')) === String(number)) await rm(file, { force: true });
  }
  if (!(await has(join(folder, 'meta.yaml'))))
    await write(
      join(folder, 'meta.yaml'),
      stringify({
        creation_timestamp: now,
        deployment_job_id: null,
        deployment_job_state: null,
        description: null,
        last_updated_timestamp: now,
        name: version.model,
      }),
    );
}

/** The one that it has; else ours, or the next one where somebody else has given that. */
async function numberOf(folder: string, ours: number): Promise<number> {
  const names = await readdir(folder);
  const numbers = names.flatMap((name) => {
    const number = /^version-(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  for (const number of numbers) {
    const tag = await readFile(join(folder, `version-${number}`, 'tags', VERSION_TAG), 'utf8').catch(
      () => '',
    );
    if (tag.trim() === String(ours)) return number;
  }
  return numbers.includes(ours) ? Math.max(...numbers) + 1 : ours;
}

async function has(file: string): Promise<boolean> {
  return (await readFile(file).catch(() => undefined)) !== undefined;
}
