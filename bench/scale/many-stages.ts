import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Measured } from '../measurement.js';
import { cpuSeconds, residentMemory } from '../rig/memory.js';
import { ended, reprise, serve, start, stop } from '../rig/processes.js';
import { makeManyStages } from './many-stages-project.js';

const SAMPLE_MS = 2_000;

/** One run of so many stages that do next to nothing, beside one worker. */
export async function measureManyStages(stages: number): Promise<Measured> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  makeManyStages(root, stages);
  const worker = await serve(root);
  const pid = worker.child.pid ?? 0;
  const memory = [residentMemory(pid)];
  const sampler = setInterval(() => memory.push(residentMemory(pid)), SAMPLE_MS);
  try {
    const before = cpuSeconds(pid);
    const first = await timed(root);
    const cpu = cpuSeconds(pid) - before;
    memory.push(residentMemory(pid));
    clearInterval(sampler);
    const executions = await executionsOf(worker.address);
    const made = readFileSync(join(root, 'dvc.lock'), 'utf8').match(/^ {2}\S+:$/gm)?.length;
    if (made !== stages) throw new Error(`${made} of ${stages} stages were made`);
    const idle = await timed(root);
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
    const at = (share: number): number => memory[Math.round(share * (memory.length - 1))] ?? 0;
    return {
      name: 'many-stages',
      about: `one run of ${stages} stages of \`echo\`, independent of each other, beside one worker`,
      rows: [
        ['wall time', `${first.toFixed(1)} s`],
        ['stages a second', (stages / first).toFixed(1)],
        ['per stage', `${((first / stages) * 1000).toFixed(1)} ms`],
        ['CPU of the worker and the commands, per stage', `${((cpu / stages) * 1000).toFixed(1)} ms`],
        ['nothing changed', `${idle.toFixed(1)} s`],
        ['continued as new', `${executions.length - 1} times`],
        ['largest history', `${Math.max(...executions.map(({ events }) => events))} events`],
        ['', `${(Math.max(...executions.map(({ bytes }) => bytes)) / 1e6).toFixed(2)} MB`],
        ['memory of the worker at the start', megabytes(at(0))],
        [
          'after a quarter, half, three quarters',
          [0.25, 0.5, 0.75].map((one) => megabytes(at(one))).join(', '),
        ],
        ['at the end', megabytes(at(1))],
      ],
    };
  } finally {
    clearInterval(sampler);
    await stop(worker);
    rmSync(root, { recursive: true, force: true });
  }
}

/** Seconds that `reprise repro` takes. */
async function timed(root: string): Promise<number> {
  const before = performance.now();
  await ended(start(root, reprise, ['repro', '--json']));
  return (performance.now() - before) / 1000;
}

/** Every part of the run that was continued as new. */
async function executionsOf(address: string): Promise<readonly { events: number; bytes: number }[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const found: { events: number; bytes: number }[] = [];
    for await (const { workflowId, runId } of client.workflow.list()) {
      const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
      const { historyLength, historySizeBytes } = raw.workflowExecutionInfo ?? {};
      found.push({ events: Number(historyLength), bytes: Number(historySizeBytes) });
    }
    return found;
  } finally {
    await connection.close();
  }
}
