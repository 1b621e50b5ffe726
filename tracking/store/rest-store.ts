import { z } from 'zod';
import { MODEL_PATH, type RegisteredVersion } from '../registry/registered-version.js';
import { putOnServer } from '../registry/rest-registry.js';
import type { RestClient } from './rest-client.js';
import {
  StoreFailure,
  type DatasetInput,
  type FoundRun,
  type LogBatch,
  type NewRun,
  type RunStatus,
  type TrackingStore,
} from './tracking-store.js';

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

const info = z.object({
  run_id: z.string(),
  status: z.string(),
  artifact_uri: z.string().default(''),
  start_time: z.coerce.number().default(0),
});
const run = z.object({
  info,
  data: z
    .object({
      // A step of 0 may be left out; int64 comes as a string from some servers.
      metrics: z.array(z.object({ key: z.string(), step: z.coerce.number().default(0) })).default([]),
    })
    .default({ metrics: [] }),
});
const oneRun = z.object({ run });
const experiment = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string() }),
});
const madeExperiment = z.object({ experiment_id: z.string() });
const runs = z.object({ runs: z.array(run).default([]) });

/** MLflow's tracking server, by its REST API. */
export class RestStore implements TrackingStore {
  readonly #client: RestClient;
  readonly #artifacts = new Map<string, string>();

  constructor(client: RestClient) {
    this.#client = client;
  }

  async experiment(name: string): Promise<string> {
    const found = await this.#find(name);
    if (found) return found;
    try {
      return (await this.#client.post('/experiments/create', { name }, madeExperiment)).experiment_id;
    } catch (error) {
      // Somebody else may have made it meanwhile.
      const theirs = error instanceof StoreFailure && !error.transient ? await this.#find(name) : undefined;
      if (theirs) return theirs;
      throw error;
    }
  }

  async #find(name: string): Promise<string | undefined> {
    const path = `/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    const answer = await this.#client.send({ method: 'GET', url: this.#client.url(path) }, [
      'RESOURCE_DOES_NOT_EXIST',
    ]);
    if (answer === undefined) return undefined;
    const { experiment_id: id, lifecycle_stage: stage } = this.#client.parse(experiment, answer).experiment;
    if (stage === 'active') return id;
    throw new StoreFailure(`the experiment ${name} was deleted: restore it, or name another one`, true);
  }

  async createRun({ experimentId, name, startTime, tags }: NewRun): Promise<string> {
    const body = { experiment_id: experimentId, run_name: name, start_time: startTime, tags: pairs(tags) };
    const made = (await this.#client.post('/runs/create', body, oneRun)).run.info;
    this.#artifacts.set(made.run_id, made.artifact_uri);
    return made.run_id;
  }

  async findRun(
    experimentId: string,
    [key, value]: readonly [string, string],
    which: 'newest' | 'oldest' = 'newest',
  ): Promise<FoundRun | undefined> {
    const found = await this.#client.post(
      '/runs/search',
      {
        experiment_ids: [experimentId],
        filter: `tags."${key}" = '${value.replaceAll("'", '')}'`,
        max_results: 1,
        order_by: [`attributes.start_time ${which === 'newest' ? 'DESC' : 'ASC'}`],
      },
      runs,
    );
    const first = found.runs[0]?.info;
    if (!first) return undefined;
    return { runId: first.run_id, status: first.status as RunStatus, startTime: first.start_time };
  }

  async deleteRun(runId: string): Promise<void> {
    await this.#client.post('/runs/delete', { run_id: runId }, z.unknown());
  }

  async updateRun(
    runId: string,
    { status, endTime }: { readonly status: RunStatus; readonly endTime?: number },
  ): Promise<void> {
    const end = endTime === undefined ? {} : { end_time: endTime };
    await this.#client.post('/runs/update', { run_id: runId, status, ...end }, z.unknown());
  }

  async lastSteps(runId: string): Promise<ReadonlyMap<string, number>> {
    const { data } = await this.#get(runId);
    return new Map(data.metrics.map(({ key, step }) => [key, step]));
  }

  async log(runId: string, { metrics, params, tags }: LogBatch): Promise<void> {
    const body = { run_id: runId, metrics, params: pairs(params), tags: pairs(tags) };
    await this.#client.post('/runs/log-batch', body, z.unknown());
  }

  async logInputs(runId: string, inputs: readonly DatasetInput[]): Promise<void> {
    const datasets = inputs.map(({ name, digest, uri, rows, context }) => ({
      tags: [{ key: 'mlflow.data.context', value: context }],
      dataset: {
        name,
        digest,
        source_type: 'local',
        source: JSON.stringify({ uri }),
        profile: JSON.stringify({ num_rows: rows }),
      },
    }));
    await this.#client.post('/runs/log-inputs', { run_id: runId, datasets }, z.unknown());
  }

  async putArtifact(runId: string, file: string, path: string): Promise<void> {
    const root = await this.#artifactRoot(runId);
    // `mlflow-artifacts:/1/<run>/artifacts`, perhaps with the proxy's own address before the path.
    const proxied = /^mlflow-artifacts:(?:\/\/([^/]+))?\/?(.*)$/.exec(root);
    if (!proxied)
      throw new StoreFailure(
        `the server keeps artifacts at ${root.split(':')[0]}: and does not take them itself: start it with --serve-artifacts`,
        false,
      );
    const [, host, below = ''] = proxied;
    const base =
      host === undefined ? this.#client.target.uri : `${new URL(this.#client.target.uri).protocol}//${host}`;
    const place = [...below.split('/'), ...path.split('/')].filter(Boolean).map(encodeURIComponent).join('/');
    await this.#client.send({ method: 'PUT', url: `${base}${PROXY}/${place}`, file });
  }

  async putVersion(runId: string, version: RegisteredVersion): Promise<void> {
    const source = `${await this.#artifactRoot(runId)}/${MODEL_PATH}`;
    await putOnServer(this.#client, version, { runId, source });
  }

  async #artifactRoot(runId: string): Promise<string> {
    const known = this.#artifacts.get(runId);
    if (known !== undefined) return known;
    const root = (await this.#get(runId)).info.artifact_uri;
    this.#artifacts.set(runId, root);
    return root;
  }

  async #get(runId: string): Promise<z.output<typeof run>> {
    return (await this.#client.get(`/runs/get?run_id=${encodeURIComponent(runId)}`, oneRun)).run;
  }
}

const pairs = (values: Readonly<Record<string, string>>): readonly { key: string; value: string }[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));
