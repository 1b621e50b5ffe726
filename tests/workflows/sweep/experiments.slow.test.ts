import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SweepResult } from '../../../workflows/index.js';
import { applyExperiment } from '../../../runner/index.js';
import { describeWithDvc, dvc } from '../../dvc/state/real-dvc.js';
import { writeFiles } from '../../rig/project.js';
import { SCORE_PROJECT, git, makeGitProject } from '../../rig/sweep-project.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';

/** What `dvc exp show --json` says of an experiment. */
interface Shown {
  readonly name: string;
  readonly revs: readonly {
    readonly data: {
      readonly params: Record<string, { data: unknown }>;
      readonly metrics: Record<string, { data: unknown }>;
    };
    readonly error: unknown;
  }[];
}

describeWithDvc('the experiments of a sweep, by the real dvc', () => {
  let env: TestWorkflowEnvironment;
  const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
  let stopWorkers: () => Promise<void>;
  beforeAll(async () => {
    env = await startTemporal();
    stopWorkers = await startWorkers(env, served, { slots: 4 });
  });
  afterAll(async () => {
    await stopWorkers?.();
    await env?.teardown();
  });

  it('are listed with params and metrics, and applied, by dvc and by us alike', async () => {
    const root = makeGitProject(SCORE_PROJECT, served);
    // Uncommitted, of each kind: a trial has all that git tracks.
    writeFiles(root, {
      'params.yaml': `${SCORE_PROJECT['params.yaml']}note: not committed\n`,
      'new.txt': 'staged\n',
    });
    git(root, 'add', 'new.txt');
    const input = {
      workspace: { kind: 'path', path: root },
      metric: 'metrics.json:test.score',
      params: { x: [1, 3] },
    };
    const result = (await env.client.workflow.execute('sweep', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [input],
    })) as SweepResult;

    const shown = await dvc(['exp', 'show', '--json'], root);
    expect(shown.stderr).toBe('');
    const [, head] = JSON.parse(shown.stdout) as [unknown, { rev: string; experiments: Shown[] }];
    expect(head.rev).toBe(git(root, 'rev-parse', 'HEAD'));
    const listed = head.experiments.map(({ name, revs: [rev] }) => ({
      name,
      error: rev?.error,
      params: rev?.data.params['params.yaml']?.data,
      metrics: rev?.data.metrics['metrics.json']?.data,
    }));
    expect(listed.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      [1, 3].map((x, i) => ({
        name: `${result.id}-00${i + 1}`,
        error: null,
        params: { x, model: { y: 0.5 }, seconds: 0, note: 'not committed' },
        metrics: { test: { score: 10 - (x - 3) ** 2 - 1.5 ** 2 } },
      })),
    );

    // What dvc itself makes of it, in a copy of its own: the same tree, parent and name of the outcome.
    const commit = result.trials[1]?.experiment?.commit ?? '';
    const run = await dvc(['exp', 'run', '--temp', '--name', 'theirs', '--set-param', 'x=3'], root);
    expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({ code: 0, stderr: '' });
    const theirs = git(root, 'rev-parse', `refs/exps/${head.rev.slice(0, 2)}/${head.rev.slice(2)}/theirs`);
    expect(git(root, 'diff', commit, theirs)).toBe('');
    const headOf = (at: string) => git(root, 'show', '--no-patch', '--format=%s %P', at);
    expect(headOf(commit)).toBe(headOf(theirs));

    await applyExperiment({ root, sweep: result.id, label: '002', commit, force: false });
    const ours = contents(root);
    expect(ours['model']).toBe('3 0.5\n');
    expect(ours['params.yaml']).toBe(
      `${SCORE_PROJECT['params.yaml'].replace('x: 1 ', 'x: 3 ')}note: not committed\n`,
    );
    expect((await dvc(['status'], root)).stdout).toContain('up to date');

    const other = await dvc(['exp', 'apply', `${result.id}-001`], root);
    expect(other.stderr + other.stdout).toContain('applied');
    expect(contents(root)).toMatchObject({
      model: '1 0.5\n',
      'params.yaml': expect.stringContaining('x: 1 # first') as string,
    });
    expect((await dvc(['status'], root)).stdout).toContain('up to date');
    expect((await dvc(['exp', 'apply', `${result.id}-002`], root)).code).toBe(0);
    expect(contents(root)).toEqual(ours);
  });
});

function contents(root: string): Readonly<Record<string, string | undefined>> {
  const files = ['params.yaml', 'dvc.lock', 'metrics.json', 'model', 'data', 'new.txt', '.gitignore'];
  return Object.fromEntries(
    files.map((file) => [
      file,
      existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined,
    ]),
  );
}
