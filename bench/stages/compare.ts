import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type Comparison } from '../measurement.js';
import { reprise, seconds, serve, stop } from '../rig/processes.js';
import { runFlow } from './metaflow.js';

/** Seconds. */
interface Times {
  readonly first: number;
  readonly idle: number;
}

/** The peers' executables. */
export interface StagesPeers {
  readonly dvc: string;
  /** A Python that has Metaflow. */
  readonly metaflow: string;
}

/**
 * A pipeline of stages that do next to nothing: what is measured is what is around them. Ours once from nothing, where the
 * command starts a Temporal server of its own, and once beside a worker that runs already.
 *
 * @param rounds each side so many times, in turn
 */
export async function compareStages(
  stages: number,
  { dvc, metaflow }: StagesPeers,
  rounds: number,
  onRound: (round: number, of: number) => void,
): Promise<readonly Comparison[]> {
  const ours: Times[] = [];
  const warm: Times[] = [];
  const peer: Times[] = [];
  const flows: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    onRound(round, rounds);
    ours.push(await inProject(stages, (root) => timed(root, reprise, ['repro', '--json'])));
    warm.push(
      await inProject(stages, (root) => beside(root, () => timed(root, reprise, ['repro', '--json']))),
    );
    peer.push(await inProject(stages, (root) => timed(root, dvc, ['repro', '--quiet'])));
    flows.push(await runFlow(metaflow, stages));
  }
  const of = (times: readonly Times[], key: keyof Times): number => median(times.map((time) => time[key]));
  const row = (label: string, side: readonly Times[], key: keyof Times) =>
    ({ label, unit: 's', ours: of(side, key), peer: of(peer, key) }) as const;
  const about = `${stages} stages of \`echo\`, independent of each other; from the command to its end`;
  return [
    {
      name: 'stages',
      about,
      peerName: 'dvc repro',
      rows: [
        row('all stages, server started first', ours, 'first'),
        row('nothing changed, server started first', ours, 'idle'),
        row('all stages, beside a worker', warm, 'first'),
        row('nothing changed, beside a worker', warm, 'idle'),
      ],
    },
    {
      name: 'stages-metaflow',
      about: `${about}; each a task of a foreach, with Metaflow's local datastore`,
      peerName: 'Metaflow',
      rows: [
        {
          label: 'all stages, server started first',
          unit: 's',
          ours: of(ours, 'first'),
          peer: median(flows),
        },
        { label: 'all stages, beside a worker', unit: 's', ours: of(warm, 'first'), peer: median(flows) },
      ],
    },
  ];
}

async function inProject(stages: number, measure: (root: string) => Promise<Times>): Promise<Times> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = True\n    analytics = false\n');
  writeFileSync(join(root, 'in.txt'), 'in\n');
  const lines = Array.from(
    { length: stages },
    (_, at) => `  stage${at}: {cmd: echo ${at} > out${at}, deps: [in.txt], outs: [out${at}]}`,
  );
  writeFileSync(join(root, 'dvc.yaml'), `stages:\n${lines.join('\n')}\n`);
  try {
    const times = await measure(root);
    const made = readFileSync(join(root, 'dvc.lock'), 'utf8').match(/^ {2}stage\d+:$/gm)?.length;
    if (made !== stages) throw new Error(`${made} of ${stages} stages were made`);
    return times;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function timed(root: string, file: string, args: readonly string[]): Promise<Times> {
  return { first: await seconds(root, file, args), idle: await seconds(root, file, args) };
}

/** While `reprise worker` serves the project, on the project's own server. */
async function beside(root: string, measure: () => Promise<Times>): Promise<Times> {
  const worker = await serve(root);
  try {
    return await measure();
  } finally {
    await stop(worker);
  }
}
