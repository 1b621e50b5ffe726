import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Client,
  Connection,
  type ServiceError,
  isGrpcServiceError,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Measured } from '../measurement.js';
import { residentMemory } from '../rig/memory.js';
import { serve, stop, type ServingWorker } from '../rig/processes.js';

const PIPELINE = `stages:
  prepare: {cmd: cat in.txt > prepared, deps: [in.txt], outs: [prepared]}
  train: {cmd: cat prepared > model, deps: [prepared], outs: [model]}
  evaluate: {cmd: cat model > report, deps: [model], outs: [report]}
`;
const STAGES = 3;
/** gRPC's code. */
const UNAVAILABLE = 14;

/** So many runs at once, each of three stages in a project of its own, over several workers; twice, to see memory stay. */
export async function measureManyRuns(runs: number, workers: number): Promise<Measured> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = True\n    analytics = false\n');
  const projects = Array.from({ length: runs }, (_, at) => `project-${at}`);
  for (const project of projects) {
    mkdirSync(join(root, project, '.dvc'), { recursive: true });
    writeFileSync(join(root, project, '.dvc/config'), '[core]\n    no_scm = True\n    analytics = false\n');
    writeFileSync(join(root, project, 'dvc.yaml'), PIPELINE);
  }
  const serving: ServingWorker[] = [];
  // The first has a server of its own, which the others are told of.
  const serveOneMore = async (server?: string): Promise<ServingWorker> => {
    const worker = await serve(root, ['--host-id', `host-${serving.length}`], server);
    serving.push(worker);
    return worker;
  };
  try {
    const { address } = await serveOneMore();
    while (serving.length < workers) await serveOneMore(address);
    const connection = await Connection.connect({ address });
    const client = new Client({ connection });
    const memory = () => serving.map(({ child }) => residentMemory(child.pid ?? 0));
    const wave = async (number: number): Promise<Wave> => {
      for (const project of projects) writeFileSync(join(root, project, 'in.txt'), `${project} ${number}\n`);
      return await runAll(client, projects, number);
    };
    const start = memory();
    const first = await wave(1);
    const middle = memory();
    const second = await wave(2);
    const end = memory();
    await connection.close();
    const row = (label: string, { seconds, latencies }: Wave): [string, string] => [
      label,
      `${seconds.toFixed(1)} s: ${(runs / seconds).toFixed(1)} runs and ${((STAGES * runs) / seconds).toFixed(1)} stages a second; ` +
        `a run took ${percentile(latencies, 0.5).toFixed(1)} s (p50), ${percentile(latencies, 0.95).toFixed(1)} s (p95)`,
    ];
    const megabytes = (all: readonly number[]): string =>
      `${(all.reduce((sum, one) => sum + one, 0) / all.length / 1e6).toFixed(0)} MB (most ${(Math.max(...all) / 1e6).toFixed(0)} MB)`;
    return {
      name: 'many-runs',
      about: `${runs} runs of ${STAGES} stages at once, each in a project of its own, over ${workers} worker processes of one host`,
      rows: [
        row('first time', first),
        row('again, with other inputs', second),
        ['memory of a worker at the start', megabytes(start)],
        ['after the first time', megabytes(middle)],
        ['at the end', megabytes(end)],
      ],
    };
  } finally {
    for (const worker of serving.reverse()) await stop(worker);
    rmSync(root, { recursive: true, force: true });
  }
}

interface Wave {
  readonly seconds: number;
  /** Seconds, of each run from its start to its end. */
  readonly latencies: readonly number[];
}

async function runAll(client: Client, projects: readonly string[], wave: number): Promise<Wave> {
  const before = performance.now();
  const latencies = await Promise.all(
    projects.map(async (path) => {
      const started = performance.now();
      const run = await client.workflow.start('reproduce', {
        taskQueue: 'reprise',
        workflowId: `${path}-${wave}`,
        args: [{ workspace: { kind: 'path', path } }],
      });
      const result = await resultOf(run);
      if (result.stages.some(({ outcome }) => outcome !== 'ran')) throw new Error(`${path} did not run`);
      return (performance.now() - started) / 1000;
    }),
  );
  return { seconds: (performance.now() - before) / 1000, latencies };
}

/** A busy server may be away for a moment: the run goes on. */
async function resultOf(run: WorkflowHandle): Promise<{ stages: readonly { outcome: string }[] }> {
  for (;;)
    try {
      return (await run.result()) as { stages: readonly { outcome: string }[] };
    } catch (error) {
      const { cause } = error as ServiceError;
      if (!isGrpcServiceError(cause) || cause.code !== UNAVAILABLE) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
