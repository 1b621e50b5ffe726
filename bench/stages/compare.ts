import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type Comparison } from '../measurement.js';
import { ended, reprise, serve, start, stop } from '../rig/processes.js';

/** Each side so many times, in turn. */
const ROUNDS = 3;

/** Seconds. */
interface Times {
  readonly first: number;
  readonly idle: number;
}

/**
 * A pipeline of stages that do next to nothing: what is measured is what is around them. Ours once from nothing, where the
 * command starts a Temporal server of its own, and once beside a worker that runs already.
 *
 * @param dvc the executable
 */
export async function compareStages(
  stages: number,
  dvc: string,
  onRound: (round: number, of: number) => void,
): Promise<Comparison> {
  const ours: Times[] = [];
  const warm: Times[] = [];
  const peer: Times[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    onRound(round, ROUNDS);
    ours.push(await inProject(stages, (root) => timed(root, reprise, ['repro', '--json'])));
    warm.push(
      await inProject(stages, (root) => beside(root, () => timed(root, reprise, ['repro', '--json']))),
    );
    peer.push(await inProject(stages, (root) => timed(root, dvc, ['repro', '--quiet'])));
  }
  const of = (times: readonly Times[], key: keyof Times): number => median(times.map((time) => time[key]));
  const row = (label: string, side: readonly Times[], key: keyof Times) =>
    ({ label, unit: 's', ours: of(side, key), peer: of(peer, key) }) as const;
  return {
    name: 'stages',
    about: `${stages} stages of \`echo\`, independent of each other; from the command to its end`,
    peerName: 'dvc repro',
    rows: [
      row('all stages, server started first', ours, 'first'),
      row('nothing changed, server started first', ours, 'idle'),
      row('all stages, beside a worker', warm, 'first'),
      row('nothing changed, beside a worker', warm, 'idle'),
    ],
  };
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
  const seconds = async (): Promise<number> => {
    const before = performance.now();
    await ended(start(root, file, args));
    return (performance.now() - before) / 1000;
  };
  return { first: await seconds(), idle: await seconds() };
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
