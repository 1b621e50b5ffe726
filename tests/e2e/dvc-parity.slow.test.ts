import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { parse } from 'yaml';
import type { ReproduceInput, ReproduceResult } from '../../workflows/index.js';
import { describeWithDvc } from '../dvc/state/real-dvc.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';
import { Judge, outcomesIn } from './parity/judge.js';
import { makeTwins, runScript, snapshot, type ParityCase, type ParityStep } from './parity/twins.js';

/**
 * Small projects of all kinds, each twice: what is run in the one by `dvc repro` is run in the other by the workflow `reproduce`, one
 * stage after the other. After each step both are the same, to the byte and the mode; in between, each takes over from the other.
 */
describeWithDvc('what dvc makes of a project and what we make of it', () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-parity-')));
  let judge: Judge;
  let env: TestWorkflowEnvironment;
  let stopWorkers: (() => Promise<void>) | undefined;
  const shell = process.env['SHELL'];

  beforeAll(async () => {
    // dvc's commands and ours run in the same.
    process.env['SHELL'] = '/bin/sh';
    const folders = ['site', 'global', 'system'].map((name) => join(base, name));
    const [site, user, system] = folders as [string, string, string];
    judge = new Judge({
      DVC_SITE_CACHE_DIR: site,
      DVC_GLOBAL_CONFIG_DIR: user,
      DVC_SYSTEM_CONFIG_DIR: system,
    });
    env = await startTemporal();
    stopWorkers = await startWorkers(env, base, { slots: 2 });
  });

  afterAll(async () => {
    judge.stop();
    await stopWorkers?.();
    await env?.teardown();
    rmSync(base, { recursive: true, force: true });
    if (shell === undefined) delete process.env['SHELL'];
    else process.env['SHELL'] = shell;
  });

  async function ours(root: string, args: readonly string[], cwd = ''): Promise<Ended> {
    const workspace = { kind: 'path', path: join(root, cwd) } as const;
    const input: ReproduceInput = { ...inputOf(args), workspace, jobs: 1 };
    const run = await env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [input],
    });
    try {
      return { isGood: true, outcomes: outcomesOf((await run.result()) as ReproduceResult), said: '' };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const cause = error.cause as ApplicationFailure;
      const [result] = (cause.details ?? []) as ReproduceResult[];
      return { isGood: false, outcomes: result?.stages ? outcomesOf(result) : {}, said: cause.message };
    }
  }

  async function theirs(root: string, args: readonly string[], cwd = ''): Promise<Ended> {
    const { code, out } = await judge.ask(join(root, cwd), 'repro', ...args);
    return { isGood: code === 0, outcomes: outcomesIn(out), said: out };
  }

  it.each(allCases().map((one) => [one.name, one] as const))('%s', async (_, parity) => {
    const roots = await makeTwins(join(base, randomUUID()), parity, judge);
    const fails = parity.refused === true || parity.steps?.some(({ refused }) => refused) === true;
    const same = async (step: ParityStep): Promise<void> => {
      if (step.do !== undefined)
        for (const root of [roots.theirs, roots.ours]) await runScript(root, step.do, judge);
      const { name, args = ['-P'], cwd } = step;
      const [judged, made] = await Promise.all([
        theirs(roots.theirs, args, cwd),
        ours(roots.ours, args, cwd),
      ]);
      const isRefused = step.refused ?? false;
      expect({ name, isGood: judged.isGood, said: judged.said }).toMatchObject({ isGood: !isRefused });
      expect({ name, isGood: made.isGood, said: made.said }).toMatchObject({ isGood: !isRefused });
      if (!isRefused && cwd === undefined && step.sameOutcomes !== false)
        expect({ name, ...made.outcomes }).toEqual({ name, ...judged.outcomes });
      const state = (root: string) => withoutNoise(snapshot(root), fails, parity.exceptRuns ?? false);
      if (parity.sameState === false) return;
      expect({ name, ...state(roots.ours) }).toEqual({ name, ...state(roots.theirs) });
    };
    await same({ ...parity, name: 'first' });
    for (const step of parity.steps ?? []) await same(step);
    if (fails) return;
    // Each takes over from the other, which finds done what is: a project's state is all that it could tell them apart by.
    const again = changed((await theirs(roots.theirs, ['-P'])).outcomes);
    const [taken, left] = await Promise.all([theirs(roots.ours, ['-P']), ours(roots.theirs, ['-P'])]);
    expect([taken, left].map(({ outcomes }) => changed(outcomes))).toEqual([again, again]);
    expect(changed((await ours(roots.ours, ['-P'])).outcomes)).toEqual(again);
  });
});

interface Ended {
  readonly isGood: boolean;
  readonly outcomes: Readonly<Record<string, string>>;
  readonly said: string;
}

function allCases(): ParityCase[] {
  const folder = join(import.meta.dirname, 'parity', 'cases');
  return readdirSync(folder)
    .sort()
    .flatMap((file) => parse(readFileSync(join(folder, file), 'utf8')) as ParityCase[]);
}

/**
 * Lines of a .gitignore stand in the order in which stages ended. When a run fails, dvc takes back those that it wrote, also for the stages
 * that went well; we leave them.
 */
function withoutNoise(
  files: Readonly<Record<string, string>>,
  fails: boolean,
  exceptRuns: boolean,
): Readonly<Record<string, string>> {
  const isNoise = (path: string): boolean =>
    (fails && path.endsWith('.gitignore')) || (exceptRuns && path.startsWith('.dvc/cache/runs/'));
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => !isNoise(path))
      .map(([path, text]) => [path, path.endsWith('.gitignore') ? text.split('\n').sort().join('\n') : text]),
  );
}

function changed(outcomes: Ended['outcomes']): Ended['outcomes'] {
  return Object.fromEntries(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'skipped'));
}

function outcomesOf({ stages }: ReproduceResult): Ended['outcomes'] {
  return Object.fromEntries(stages.map(({ address, outcome }) => [address, outcome]));
}

const FLAGS: Readonly<Record<string, ReproduceInput>> = {
  '-f': { force: true },
  '-s': { singleItem: true },
  '-p': { pipeline: true },
  '-P': { allPipelines: true },
  '-R': { recursive: true },
  '-k': { keepGoing: true },
  '--ignore-errors': { ignoreErrors: true },
  '--downstream': { downstream: true },
  '--force-downstream': { forceDownstream: true },
  '--glob': { glob: true },
  '--pull': { pull: true },
  '--allow-missing': { allowMissing: true },
  '--no-commit': { commit: false },
  '--no-run-cache': { runCache: false },
};

function inputOf(args: readonly string[]): ReproduceInput {
  return Object.assign({ targets: args.filter((arg) => !(arg in FLAGS)) }, ...args.map((arg) => FLAGS[arg]));
}
