import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkedEvents, type LoggedEvent } from '../rig/event-schema.js';
import { makeProject, writeFiles } from '../rig/project.js';
import { endAll, reprise, startReprise, type RepriseEnd, type RepriseProcess } from '../rig/reprise.js';
import { serverEnds, serverOf, until } from '../rig/servers.js';
import { hurry, trainingProject } from '../rig/training.js';

afterEach(endAll);

const trace = (root: string): string[] => {
  try {
    return readFileSync(join(root, 'trace'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};
const reached = (root: string, step: number) => trace(root).some((line) => line === `step ${step}`);

/** How many steps were made more than once. */
const repeated = (root: string) => {
  const steps = trace(root).filter((line) => line.startsWith('step'));
  return steps.length - new Set(steps).size;
};

const seen = (run: RepriseProcess, event: LoggedEvent['event'], more: Record<string, unknown> = {}) =>
  run
    .stdout()
    .split('\n')
    .some((line) => {
      if (!line.endsWith('}')) return false;
      const entry = JSON.parse(line) as Record<string, unknown>;
      return entry['event'] === event && Object.entries(more).every(([key, value]) => entry[key] === value);
    });

const outcomes = (stdout: string) => {
  const end = checkedEvents(stdout).at(-1);
  if (end?.event !== 'end') throw new Error(`the last event is no end: ${stdout}`);
  return [end.status, Object.fromEntries(end.stages.map((stage) => [stage.address, stage.outcome]))] as const;
};

const ALL_RAN = { prepare: 'ran', train: 'ran', report: 'ran' };

describe('a run survives', () => {
  it('SIGKILL of the whole command: the same command takes it up again from the newest checkpoint', async () => {
    const project = trainingProject(40);
    // Whoever waited for the killed worker's heartbeat would wait longer than this test may take.
    const patient =
      project['dvc.yaml']?.replace('outs: [model]', '$&\n    meta: {reprise: {heartbeat: 10m}}') ?? '';
    const root = makeProject({ ...project, 'dvc.yaml': patient });
    const first = startReprise(['repro', '--json'], root);
    await until('step 12', () => reached(root, 12));
    first.child.kill('SIGKILL');
    await first.ended;
    hurry(root);
    const second = await reprise(['repro', '--json'], root);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    const events = checkedEvents(second.stdout);
    expect(events).toContainEqual(expect.objectContaining({ event: 'run', state: 'attached' }));
    expect(outcomes(second.stdout)).toEqual(['succeeded', ALL_RAN]);
    expect(readFileSync(join(root, 'report.txt'), 'utf8')).toBe('trained 40\n');
    expect(trace(root).filter((line) => line.startsWith('start'))).toHaveLength(2);
    expect(repeated(root)).toBeLessThanOrEqual(5);
    await serverEnds(root);
  }, 300_000);

  it('SIGKILL of the Temporal server: it is restarted, and nothing is run again', async () => {
    const root = makeProject(trainingProject(25));
    const run = startReprise(['repro', '--json'], root);
    await until('step 5', () => reached(root, 5));
    const server = serverOf(root);
    process.kill(server?.pid ?? 0, 'SIGKILL');
    const again = await until('a new server', () => {
      const now = serverOf(root);
      return now && now.pid !== server?.pid ? now : undefined;
    });
    expect(again.port).toBe(server?.port);
    hurry(root);
    const end = await run.ended;
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(outcomes(end.stdout)).toEqual(['succeeded', ALL_RAN]);
    expect(repeated(root)).toBe(0);
    await serverEnds(root);
  }, 300_000);

  it('SIGKILL of command and server both', async () => {
    const root = makeProject(trainingProject(30));
    const first = startReprise(['repro', '--json'], root);
    await until('step 7', () => reached(root, 7));
    process.kill(serverOf(root)?.pid ?? 0, 'SIGKILL');
    first.child.kill('SIGKILL');
    await first.ended;
    hurry(root);
    const second = await reprise(['repro', '--json'], root);
    expect(outcomes(second.stdout)).toEqual(['succeeded', ALL_RAN]);
    expect(repeated(root)).toBeLessThanOrEqual(5);
    await serverEnds(root);
  }, 300_000);

  it('SIGTERM: it leaves in order, and the same command goes on', async () => {
    const root = makeProject(trainingProject(40));
    const first = startReprise(['repro', '--json'], root);
    await until('step 7', () => reached(root, 7));
    first.child.kill('SIGTERM');
    const left = await first.ended;
    expect(left.code).toBe(143);
    expect(checkedEvents(left.stdout).at(-1)).toMatchObject({ event: 'notice', code: 'left' });
    const stepsThen = trace(root).length;
    await serverEnds(root);
    expect(trace(root)).toHaveLength(stepsThen);
    hurry(root);
    const second = await reprise(['repro', '--json'], root);
    expect(outcomes(second.stdout)).toEqual(['succeeded', ALL_RAN]);
    expect(repeated(root)).toBeLessThanOrEqual(5);
    await serverEnds(root);
  }, 300_000);

  it('a change of files while it was away: what changed is run after it', async () => {
    const root = makeProject({ ...trainingProject(30), 'dvc.yaml': withInput(30), in: 'one\n' });
    const first = startReprise(['repro', '--json'], root);
    await until('step 7', () => reached(root, 7));
    first.child.kill('SIGKILL');
    await first.ended;
    writeFiles(root, { in: 'two\n' });
    hurry(root);
    const second = await reprise(['repro', '--json'], root);
    expect(second.code).toBe(0);
    expect(readFileSync(join(root, 'data'), 'utf8')).toBe('two\n');
    expect((await reprise(['repro', '--dry'], root)).stdout).toContain('everything is up to date');
    await serverEnds(root);
  }, 300_000);
});

describe('two commands at once', () => {
  it('share the server and the run; each stage runs once', async () => {
    const root = makeProject(trainingProject(100));
    const both = [startReprise(['repro', '--json'], root), startReprise(['repro', '--json'], root)];
    await until('both have the run', () => both.every((each) => seen(each, 'run')));
    hurry(root);
    const [one, two] = (await Promise.all(both.map(({ ended }) => ended))) as [RepriseEnd, RepriseEnd];
    for (const end of [one, two]) {
      expect(end).toMatchObject({ code: 0, stderr: '' });
      expect(outcomes(end.stdout)).toEqual(['succeeded', ALL_RAN]);
    }
    const states = [one, two].flatMap(({ stdout }) =>
      checkedEvents(stdout).flatMap((event) => (event.event === 'run' ? [event.state] : [])),
    );
    expect(states.sort()).toEqual(['started', 'watching']);
    expect(repeated(root)).toBe(0);
    await serverEnds(root);
  }, 300_000);

  it('the one that watches takes over when the other is killed', async () => {
    const root = makeProject(trainingProject(100));
    const owner = startReprise(['repro', '--json'], root);
    await until('step 3', () => reached(root, 3));
    const watcher = startReprise(['repro', '--json'], root);
    await until('it watches', () => seen(watcher, 'run', { state: 'watching' }));
    await until('step 11', () => reached(root, 11));
    owner.child.kill('SIGKILL');
    await owner.ended;
    hurry(root);
    const end = await watcher.ended;
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(seen(watcher, 'notice', { code: 'taken-over' })).toBe(true);
    expect(outcomes(end.stdout)).toEqual(['succeeded', ALL_RAN]);
    expect(repeated(root)).toBeLessThanOrEqual(5);
    await serverEnds(root);
  }, 300_000);

  it('refuses another target while a run is in progress, waits for it if asked, and replaces it when its owner is dead', async () => {
    const root = makeProject(trainingProject(150));
    const owner = startReprise(['repro', '--json'], root);
    await until('step 3', () => reached(root, 3));
    const refused = await reprise(['repro', 'prepare'], root);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      new RegExp(`another run of this project.*process ${owner.child.pid}[^]*fix: wait`),
    );
    const waiting = startReprise(['repro', 'prepare', '--wait', '--force', '--json'], root);
    await until('it waits', () => seen(waiting, 'notice', { code: 'waiting' }));
    hurry(root);
    expect((await owner.ended).code).toBe(0);
    expect(outcomes((await waiting.ended).stdout)).toEqual(['succeeded', { prepare: 'ran' }]);

    rmSync(join(root, 'quick'));
    const killed = startReprise(['repro', '--force', '--json'], root);
    await until('it trains again', () => trace(root).filter((line) => line === 'step 3').length === 2);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const replacing = await reprise(['repro', 'prepare', '--force', '--json'], root);
    expect(checkedEvents(replacing.stdout)).toContainEqual(
      expect.objectContaining({ event: 'notice', code: 'replaced' }),
    );
    expect(outcomes(replacing.stdout)).toEqual(['succeeded', { prepare: 'ran' }]);
    // The training that the killed command left behind is gone, too.
    const stepsThen = trace(root).length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(trace(root)).toHaveLength(stepsThen);
    expect(trace(root).filter((line) => line === 'step 150')).toHaveLength(1);
    await serverEnds(root);
  });
});

describe('Ctrl-C', () => {
  it('once ends what runs, keeps what is done, and the next run continues from the checkpoint', async () => {
    const root = makeProject(trainingProject(40));
    const run = startReprise(['repro', '--json'], root);
    await until('step 7', () => reached(root, 7));
    run.child.kill('SIGINT');
    const end = await run.ended;
    expect(end.code).toBe(130);
    expect(outcomes(end.stdout)).toEqual([
      'canceled',
      { prepare: 'ran', train: 'canceled', report: 'canceled' },
    ]);
    await serverEnds(root);
    hurry(root);
    const next = await reprise(['repro', '--json'], root);
    expect(outcomes(next.stdout)).toEqual(['succeeded', { prepare: 'skipped', train: 'ran', report: 'ran' }]);
    expect(repeated(root)).toBeLessThanOrEqual(5);
    await serverEnds(root);
  }, 300_000);

  it('twice leaves at once', async () => {
    const root = makeProject({
      'dvc.yaml':
        'stages:\n  deaf: {cmd: \'trap "" TERM; echo $$ > pid; while sleep 0.2; do :; done\', outs: [x]}\n',
    });
    const run = startReprise(['repro', '--json'], root);
    await until('it runs', () => seen(run, 'stage', { status: 'running' }));
    run.child.kill('SIGINT');
    await until('it is being ended', () => seen(run, 'notice', { code: 'canceling' }));
    const started = Date.now();
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(Date.now() - started).toBeLessThan(15_000);
    await serverEnds(root);
    process.kill(-Number(readFileSync(join(root, 'pid'), 'utf8')), 'SIGKILL');
  });
});

describe('--detach', () => {
  it('leaves the run to a process of its own, which the same command can watch', async () => {
    const root = makeProject(trainingProject(100));
    const detached = await reprise(['repro', '--detach', '--json'], root);
    expect(detached).toMatchObject({ code: 0, stderr: '' });
    expect(checkedEvents(detached.stdout)[0]).toMatchObject({ event: 'run', state: 'detached' });
    expect(reached(root, 100)).toBe(false);
    const watching = startReprise(['repro', '--json'], root);
    await until('it watches', () => seen(watching, 'run', { state: 'watching' }));
    hurry(root);
    expect(outcomes((await watching.ended).stdout)).toEqual(['succeeded', ALL_RAN]);
    await serverEnds(root);
  });
});

function withInput(steps: number): string {
  return (trainingProject(steps)['dvc.yaml'] as string).replace(
    'cmd: echo data > data\n',
    'cmd: cat in > data\n    deps: [in]\n',
  );
}
