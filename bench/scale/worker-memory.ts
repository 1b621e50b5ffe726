import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { Measured } from '../measurement.js';
import { ended, reprise, serve, start, stop, type ServingWorker } from '../rig/processes.js';
import { makeManyStages } from './many-stages-project.js';

const LOOK_MS = 250;
/** Times that the many stages are run anew. */
const ROUNDS = 3;
/** So long after a run, what the worker keeps for a while is let go. */
const SETTLE_MS = 45_000;

/** What a process holds when all garbage is collected, in bytes. */
interface Held {
  readonly rss: number;
  readonly heaps: readonly { readonly thread: number; readonly used: number }[];
}

/**
 * What one worker holds, its garbage collected, while it runs so many stages, after each of some such runs, and over many small runs one
 * after another: what grows from one to the next is kept by somebody.
 */
export async function measureWorkerMemory(stages: number, runs: number): Promise<Measured> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  const file = join(root, 'heap.jsonl');
  makeManyStages(root, stages);
  const worker = await serve(root, [], '', {
    NODE_OPTIONS: `--expose-gc --import ${new URL('./heap-probe.mjs', import.meta.url).href}`,
    REPRISE_HEAP_PROBE: file,
  });
  const rows: (readonly [string, string])[] = [];
  const note = async (label: string): Promise<void> => {
    rows.push([label, shown(await heldBy(worker, file))]);
    console.error(rows.at(-1)?.join(': '));
  };
  try {
    await note('at the start');
    const first = start(root, reprise, ['repro', '--json']);
    const done = ended(first);
    for (const share of [1 / 3, 2 / 3]) {
      while (outsIn(root) < share * stages && first.exitCode === null) await sleep(LOOK_MS);
      await note(`with ${Math.round(100 * share)} % of ${stages} stages done`);
    }
    await done;
    await sleep(SETTLE_MS);
    await note('after it');
    for (let round = 2; round <= ROUNDS; round++) {
      await ended(start(root, reprise, ['repro', '--force', '--json']));
      await sleep(SETTLE_MS);
      await note(`after ${round} such runs`);
    }
    await runSmall(root, worker.address, runs, (count) => note(`after ${count} runs of one stage more`));
    return {
      name: 'worker-memory',
      about: 'what one worker holds: JavaScript heaps of its threads after a collection, and resident memory',
      rows,
    };
  } finally {
    await stop(worker);
    rmSync(root, { recursive: true, force: true });
  }
}

async function heldBy({ child }: ServingWorker, file: string): Promise<Held> {
  const before = linesOf(file).length;
  child.kill('SIGUSR2');
  for (;;) {
    await sleep(LOOK_MS);
    const lines = linesOf(file);
    if (lines.length > before) return JSON.parse(lines.at(-1) as string) as Held;
    if (child.exitCode !== null) throw new Error('the worker has ended');
  }
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function shown({ rss, heaps }: Held): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const byThread = [...heaps].sort((a, b) => a.thread - b.thread).map(({ used }) => megabytes(used));
  return `heaps ${byThread.join(' + ')} MB, resident ${megabytes(rss)} MB`;
}

const outsIn = (root: string): number => readdirSync(root).filter((name) => name.endsWith('.txt')).length - 1;

/** One after another, in a project beside. */
async function runSmall(
  root: string,
  address: string,
  runs: number,
  onQuarter: (count: number) => Promise<void>,
): Promise<void> {
  const small = join(root, 'small');
  mkdirSync(join(small, '.dvc'), { recursive: true });
  writeFileSync(join(small, '.dvc/config'), '[core]\n    no_scm = True\n    analytics = false\n');
  writeFileSync(join(small, 'dvc.yaml'), 'stages:\n  copy: {cmd: cat in > out, deps: [in], outs: [out]}\n');
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    for (let count = 1; count <= runs; count++) {
      writeFileSync(join(small, 'in'), `${count}\n`);
      await client.workflow.execute('reproduce', {
        taskQueue: 'reprise',
        workflowId: `small-${count}`,
        args: [{ workspace: { kind: 'path', path: 'small' } }],
      });
      if (count % Math.ceil(runs / 4) === 0) await onQuarter(count);
    }
  } finally {
    await connection.close();
  }
}
