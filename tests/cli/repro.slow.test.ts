import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkedEvents, type LoggedEvent } from '../rig/event-schema.js';
import { makeProject, writeFiles } from '../rig/project.js';
import { endAll, reprise } from '../rig/reprise.js';
import { serverEnds, serverOf } from '../rig/servers.js';

afterEach(endAll);

const CHAIN = `stages:
  first:
    cmd: cat in > a
    deps: [in]
    outs: [a]
  second:
    cmd: 'cat a > b; echo "{\\"accuracy\\": 0.5, \\"base\\": {\\"f1\\": 0.1}, \\"finetuned\\": {\\"f1\\": 0.4}}" > metrics.json'
    deps: [a]
    outs: [b]
    metrics: [{metrics.json: {cache: false}}]
`;

const of = <E extends LoggedEvent['event']>(events: readonly LoggedEvent[], event: E) =>
  events.filter((entry): entry is Extract<LoggedEvent, { event: E }> => entry.event === event);

describe('reprise repro', () => {
  it('runs a pipeline on a server of its own, leaves none behind, and then finds nothing to do', async () => {
    const root = makeProject({ 'dvc.yaml': CHAIN, in: 'one\n' });
    const first = await reprise(['repro', '--json'], root);
    const events = checkedEvents(first.stdout);
    expect({ ...first, stdout: '' }).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(events[0]).toMatchObject({ event: 'server', state: 'started' });
    expect(of(events, 'run')).toMatchObject([
      { state: 'started', ui: expect.stringContaining('http://127.0.0.1:') as string },
    ]);
    expect(of(events, 'plan')).toMatchObject([{ stages: [{ address: 'first' }, { address: 'second' }] }]);
    for (const address of ['first', 'second']) {
      const statuses = of(events, 'stage')
        .filter((stage) => stage.address === address)
        .map((stage) => stage.status);
      expect(statuses.at(-1)).toBe('ran');
      expect(new Set(statuses).size).toBe(statuses.length);
    }
    expect(events.at(-1)).toMatchObject({
      event: 'end',
      status: 'succeeded',
      stages: [
        { address: 'first', outcome: 'ran', attempts: 1 },
        { address: 'second', outcome: 'ran', attempts: 1 },
      ],
    });
    expect(readFileSync(join(root, 'b'), 'utf8')).toBe('one\n');
    await serverEnds(root);

    const second = await reprise(['repro'], root);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('everything is up to date (2 stages)');
    expect(serverOf(root)).toBeUndefined();
  });

  it('shows the metrics beside those in HEAD, and where the reports are', async () => {
    const root = makeProject({
      'dvc.yaml': `${CHAIN}  page:
    cmd: mkdir reports; echo '<p>' > reports/index.html
    deps: [b]
    outs: [reports]
`,
      in: 'one\n',
      'metrics.json': '{"accuracy": 0.25}',
    });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: root });
    git('init', '-q');
    git('add', 'metrics.json');
    git('commit', '-qm', 'metrics');
    const end = await reprise(['repro', '--json'], root);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const events = checkedEvents(end.stdout);
    expect(of(events, 'metrics')).toMatchObject([
      {
        path: 'metrics.json',
        values: [
          { name: 'accuracy', value: 0.5, previous: 0.25 },
          { name: 'base.f1', value: 0.1 },
          { name: 'finetuned.f1', value: 0.4 },
        ],
      },
    ]);
    expect(of(events, 'report')).toMatchObject([{ path: 'reports/index.html' }]);
    const again = await reprise(['repro'], root);
    expect(again.stdout).toContain('finetuned');
    expect(again.stdout).toContain('+0.300');
    await serverEnds(root);
  });

  it('names a failed stage, its exit code, what it printed and what is kept', async () => {
    const root = makeProject({
      'dvc.yaml': `stages:
  good: {cmd: echo g > g, outs: [g]}
  bad: {cmd: 'cat g; echo it broke >&2; exit 3', deps: [g], outs: [x]}
  after: {cmd: cat x > y, deps: [x], outs: [y]}
`,
    });
    const end = await reprise(['repro'], root);
    expect(end.code).toBe(1);
    expect(end.stdout).toContain('good: ran in ');
    expect(end.stdout).toMatch(/bad: the command failed with exit code 3[^]*\n {2}g\n {2}it broke\n/);
    expect(end.stdout).toMatch(/failed in .*: 1 ran, 1 failed, 1 blocked\nkept: /);
    expect(end.stderr).toBe('');
    const events = checkedEvents((await reprise(['repro', '--json'], root)).stdout);
    expect(events.at(-1)).toMatchObject({
      event: 'end',
      status: 'failed',
      stages: [
        { address: 'good', outcome: 'skipped' },
        { address: 'bad', outcome: 'failed', error: { code: 'stage-failed', tail: ['g', 'it broke'] } },
        { address: 'after', outcome: 'blocked' },
      ],
    });
    await serverEnds(root);
  });

  it('runs from a folder inside the project, and for its dvc.yaml', async () => {
    const root = makeProject({
      'sub/dvc.yaml': 'stages:\n  one: {cmd: echo 1 > one, outs: [one]}\n',
      'dvc.yaml': 'stages:\n  top: {cmd: echo t > top, outs: [top]}\n',
    });
    const end = await reprise(['repro', '--json'], join(root, 'sub'));
    expect(checkedEvents(end.stdout).at(-1)).toMatchObject({
      event: 'end',
      stages: [{ address: 'sub/dvc.yaml:one', outcome: 'ran' }],
    });
    expect(existsSync(join(root, 'sub/dvc.lock'))).toBe(true);
    expect(existsSync(join(root, 'top'))).toBe(false);
    await serverEnds(root);
  });

  it('goes on with the rest while a stage waits for a label, and says what to do', async () => {
    const root = makeProject({
      'dvc.yaml': `stages:
  aside: {cmd: echo a > a, outs: [a]}
  train: {cmd: echo t > t, outs: [t], meta: {reprise: {labels: [tpu]}}}
`,
    });
    const events = checkedEvents((await reprise(['repro', '--json', '--cpu-fallback'], root)).stdout);
    expect(events.at(-1)).toMatchObject({ status: 'succeeded' });
    expect(
      of(events, 'stage').some((stage) => /no worker serves tpu: runs on the CPU/.test(stage.reason ?? '')),
    ).toBe(true);
    await serverEnds(root);
  });
});

describe('reprise repro --label-timeout', () => {
  it('fails a stage that nobody serves, with what to do, when the rest is done', async () => {
    const root = makeProject({
      'dvc.yaml': `stages:
  aside: {cmd: sleep 2; echo a > a, outs: [a]}
  train: {cmd: echo t > t, outs: [t], meta: {reprise: {labels: [dsp]}}}
`,
    });
    const end = await reprise(['repro', '--json', '--label-timeout', '1'], root);
    expect(end.code).toBe(1);
    const last = checkedEvents(end.stdout).find((event) => event.event === 'end');
    expect(last).toMatchObject({
      status: 'failed',
      stages: [
        { address: 'aside', outcome: 'ran' },
        { address: 'train', outcome: 'failed', error: { code: 'label-unserved' } },
      ],
    });
    await serverEnds(root);
  });
});

describe('reprise repro --dry', () => {
  it('says what would run and why, down the graph, without a server', async () => {
    const root = makeProject({ 'dvc.yaml': CHAIN, in: 'one\n' });
    const before = checkedEvents((await reprise(['repro', '--dry', '--json'], root)).stdout);
    expect(before).toMatchObject([
      {
        event: 'dry-run',
        stages: [
          { address: 'first', action: 'run', reasons: ['it has not run yet'], cmd: 'cat in > a' },
          { address: 'second', action: 'run' },
        ],
      },
    ]);
    expect(existsSync(join(root, '.reprise', 'temporal'))).toBe(false);
    await reprise(['repro'], root);
    expect((await reprise(['repro', '--dry'], root)).stdout).toBe('everything is up to date (2 stages)\n');
    writeFiles(root, { in: 'two\n' });
    const { stdout } = await reprise(['repro', '--dry'], root);
    expect(stdout).toMatch(
      /first would run: dep in modified\n {2}> cat in > a\nsecond would run: .*first would run/,
    );
    expect(readFileSync(join(root, 'b'), 'utf8')).toBe('one\n');
    await serverEnds(root);
  });
});
