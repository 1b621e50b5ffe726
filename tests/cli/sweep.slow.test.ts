import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepEnd, SweepEvent } from '../../cli/sweeps/events.js';
import { writeFiles } from '../rig/project.js';
import { endAll, reprise, startReprise, type RepriseEnd } from '../rig/reprise.js';
import { serverEnds, until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';
import { SCORE_PROJECT, fingerprint, makeGitProject } from '../rig/sweep-project.js';

afterEach(endAll);

const eventsOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SweepEvent);

function endOf(end: RepriseEnd): SweepEnd {
  const last = eventsOf(end.stdout).at(-1);
  if (last?.event !== 'sweep-end') throw new Error(`the sweep has no end: ${end.stdout}\n${end.stderr}`);
  return last;
}

const labels = (end: SweepEnd) => end.trials.map(({ label, status }) => `${label} ${status}`);

describe('reprise sweep', () => {
  it('runs a sweep, tells of each trial, and leaves what list, show and apply need', async () => {
    const root = makeGitProject(SCORE_PROJECT);
    const before = fingerprint(root);
    const args = ['--param', 'x=1..3:2', '--param', 'model.y=0.5,2', '--metric', 'metrics.json:test.score'];
    const run = await reprise(
      ['sweep', 'run', 'train', ...args, '-j', '2', '--name', 'first', '--json'],
      root,
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const events = eventsOf(run.stdout);
    expect(events.map(({ event }) => event).slice(0, 3)).toEqual(['server', 'run', 'sweep']);
    expect(events.filter(({ event }) => event === 'trial').length).toBeGreaterThanOrEqual(8);
    expect(endOf(run)).toMatchObject({
      status: 'succeeded',
      id: 'first',
      best: '004',
      metric: 'metrics.json:test.score',
    });
    expect(endOf(run).trials[3]).toMatchObject({
      params: { x: 3, 'model.y': 2 },
      value: 10,
      experiment: 'first-004',
    });
    expect(fingerprint(root)).toEqual(before);
    await serverEnds(root);

    expect((await reprise(['sweep', 'list'], root)).stdout).toMatch(
      /^first {2}succeeded .* 4 trials .*, best 004: 10\n$/,
    );
    const shown = await reprise(['sweep', 'show', 'first'], root);
    expect(shown.stdout).toMatch(/trial +x +y +score +time\n/);
    expect(shown.stdout).toMatch(/004 \* +3 +2 +10 /);
    expect(JSON.parse((await reprise(['sweep', 'show', '--json'], root)).stdout)).toMatchObject({
      best: '004',
    });

    expect((await reprise(['sweep', 'apply', 'first', '2'], root)).stdout).toContain(
      'applied trial 002 (first-002)',
    );
    expect(readFileSync(join(root, 'model'), 'utf8')).toBe('1 2.0\n');
    expect((await reprise(['sweep', 'apply'], root)).code).toBe(0);
    expect(readFileSync(join(root, 'model'), 'utf8')).toBe('3 2.0\n');
    expect(readFileSync(join(root, 'params.yaml'), 'utf8')).toBe(
      SCORE_PROJECT['params.yaml'].replace('x: 1', 'x: 3').replace('0.5', '2.0'),
    );
    const dry = await reprise(['repro', '--dry'], root);
    expect(dry.stdout).toContain('everything is up to date');
  });

  it('does not replace what the user changed since, or has in no cache, unless forced; then a copy is kept', async () => {
    const root = makeGitProject(SCORE_PROJECT);
    await reprise(
      ['sweep', 'run', '--param', 'x=2,3', '--metric', 'metrics.json:test.score', '--name', 's'],
      root,
    );
    writeFiles(root, { model: 'mine\n' });
    const unsaved = await reprise(['sweep', 'apply'], root);
    expect(unsaved.code).toBe(1);
    expect(unsaved.stderr).toMatch(/^dvc\.yaml:\d+:\d+: model is not in the cache: it would be lost/);
    const mine = `${SCORE_PROJECT['params.yaml']}mine: 1\n`;
    writeFiles(root, { 'params.yaml': mine });
    const conflict = await reprise(['sweep', 'apply', '--json'], root);
    expect(JSON.parse(conflict.stdout)).toMatchObject({
      event: 'error',
      code: 'apply-conflict',
      at: { file: 'params.yaml' },
    });
    expect(readFileSync(join(root, 'params.yaml'), 'utf8')).toBe(mine);
    expect(readFileSync(join(root, 'model'), 'utf8')).toBe('mine\n');

    expect((await reprise(['sweep', 'apply', '--force'], root)).code).toBe(0);
    expect(readFileSync(join(root, 'model'), 'utf8')).toBe('3 0.5\n');
    const kept = join(root, '.reprise/sweeps/s/replaced');
    expect(readFileSync(join(kept, readdirSync(kept)[0] as string, 'params.yaml'), 'utf8')).toBe(mine);
  });

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'goes on with the sweep after %s, with the same command',
    async (signal) => {
      const root = makeGitProject({
        ...SCORE_PROJECT,
        // The second trial leaves a checkpoint, and waits to be killed; what it makes is what stands in the checkpoint.
        'score.sh': `top="$DVC_ROOT/../../../../../.."
at="$REPRISE_CHECKPOINTS/step-1/at"
if [ "$1" = 2 ] && [ ! -e "$at" ]; then
  mkdir "$REPRISE_CHECKPOINTS/.new"; echo 41 > "$REPRISE_CHECKPOINTS/.new/at"
  mv "$REPRISE_CHECKPOINTS/.new" "$REPRISE_CHECKPOINTS/step-1"
  echo "$1" >> "$top/tries"; sleep 300 & wait
fi
echo "$1" >> "$top/tries"
score=$1; [ "$1" != 2 ] || score=$(cat "$at")
echo "{\\"test\\": {\\"score\\": $score}}" > metrics.json; touch model
`,
      });
      const args = ['sweep', 'run', '--param', 'x=1,2,3', '--metric', 'metrics.json:test.score', '--json'];
      const first = startReprise(args, root);
      const tries = join(root, 'tries');
      await until(
        'the second trial runs',
        () => existsSync(tries) && readFileSync(tries, 'utf8').endsWith('2\n'),
        60,
      );
      first.child.kill(signal);
      const left = await first.ended;
      expect([left.code, left.signal]).toEqual(
        { SIGKILL: [null, 'SIGKILL'], SIGINT: [130, null], SIGTERM: [143, null] }[signal],
      );

      const second = await reprise(args, root);
      expect(second).toMatchObject({ code: 0, stderr: '' });
      const run = eventsOf(second.stdout).find(({ event }) => event === 'run');
      expect(run).toMatchObject({ state: 'attached' });
      expect(labels(endOf(second))).toEqual(['001 done', '002 done', '003 done']);
      expect(endOf(second).trials.map(({ value }) => value)).toEqual([1, 41, 3]);
      // The trial that had ended did not run again.
      expect(readFileSync(tries, 'utf8')).toBe('1\n2\n2\n3\n');
      expect(readdirSync(join(root, '.reprise/sweeps', endOf(second).id, 'trials'))).toEqual([]);
    },
  );

  it('ends a sweep that was left, with its trials', async () => {
    const root = makeGitProject({
      ...SCORE_PROJECT,
      'params.yaml': SCORE_PROJECT['params.yaml'].replace('seconds: 0', 'seconds: 300'),
    });
    const before = fingerprint(root);
    const args = [
      'sweep',
      'run',
      '--param',
      'x=1,2',
      '--metric',
      'metrics.json:test.score',
      '--name',
      'long',
    ];
    const first = startReprise(args, root);
    await until('a trial runs', () => first.stdout().includes('trial 001 running'));
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await reprise(['sweep', 'cancel'], root)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(root, '.reprise/sweeps/long/trials'))).toEqual([]);
    expect((await reprise(['sweep', 'list'], root)).stdout).toMatch(/^long {2}canceled/);
    expect(fingerprint(root)).toEqual(before);
    const again = await reprise(['sweep', 'cancel'], root);
    expect(again.code).toBe(1);
    expect(again.stderr).toBe('no sweep of this project is open\n  fix: see reprise sweep list\n');
  });

  it('fails with the reason when no trial came to its end', async () => {
    const root = makeGitProject({ ...SCORE_PROJECT, 'score.sh': 'echo it broke >&2; exit 3\n' });
    const end = await reprise(
      ['sweep', 'run', '--param', 'x=1', '--metric', 'metrics.json:test.score'],
      root,
    );
    expect(end).toMatchObject({ code: 1, stderr: '' });
    expect(end.stdout).toMatch(/trial 001: train: the command failed with exit code 3[^]*it broke/);
  });
});

describe('on a configured server', () => {
  it('is begun by one command, run by workers, and watched by another', async () => {
    const env = await startTemporal();
    try {
      const remote = { TEMPORAL_ADDRESS: env.address };
      const root = makeGitProject(SCORE_PROJECT);
      const args = ['sweep', 'run', '--param', 'x=2,3', '--metric', 'metrics.json:test.score', '--json'];
      const begun = await reprise([...args, '--detach'], root, remote);
      expect(begun).toMatchObject({ code: 0, stderr: '' });
      expect(eventsOf(begun.stdout)).toMatchObject([
        { event: 'server', state: 'connected' },
        { event: 'run', state: 'detached' },
      ]);
      const worker = startReprise(['worker'], root, remote);
      const watched = await reprise(args, root, remote);
      expect(watched).toMatchObject({ code: 0, stderr: '' });
      expect(eventsOf(watched.stdout)[1]).toMatchObject({ event: 'run', state: 'watching' });
      expect(labels(endOf(watched))).toEqual(['001 done', '002 done']);
      worker.child.kill('SIGTERM');
      expect((await worker.ended).code).toBe(0);
    } finally {
      await env.teardown();
    }
  });
});

describe('mistakes', () => {
  const FILE = 'params:\n  x: [1, 2]\nmetric: metrics.json:test.score\n';

  it.each([
    ['no params', ['--metric', 'm.json:a'], {}, /^params: [^]*fix: name what to try: --param/],
    ['no metric', ['--param', 'x=1'], {}, /^metric: expected file:key[^]*--metric/],
    ['a param without values', ['--param', 'x'], {}, /^--param x does not say what to try/],
    [
      'an unknown method',
      ['--param', 'x=1', '--metric', 'm.json:a', '--method', 'bayes'],
      {},
      /^method: [^]*"grid"/,
    ],
    [
      'an interval in a grid',
      ['--param', 'x=0.1..0.5', '--metric', 'm.json:a'],
      {},
      /^params\.x: a grid needs a list/,
    ],
    [
      'a wrong resource',
      ['--param', 'x=1', '--metric', 'm.json:a', '--resource', 'e'],
      {},
      /^--resource e does not say/,
    ],
    [
      'asha without a resource',
      ['--param', 'x=1', '--metric', 'm.json:a', '--method', 'asha'],
      {},
      /^asha: [^]*--resource/,
    ],
    [
      'a param that is not there',
      ['--param', 'z=1', '--metric', 'm.json:a'],
      {},
      /^params\.yaml:2:1: z is missing/,
    ],
    [
      'a key that the file must not have',
      ['-f', 's.yaml'],
      { 's.yaml': `${FILE}jbos: 2\n` },
      /^s\.yaml:4:1: jbos is not a known key/,
    ],
    [
      'a wrong value in the file',
      ['-f', 's.yaml'],
      { 's.yaml': `${FILE}jobs: many\n` },
      /^s\.yaml:4:1: jobs: /,
    ],
    [
      'a wrong space in the file',
      ['-f', 's.yaml'],
      { 's.yaml': FILE.replace('[1, 2]', '{int: [2, 1]}') },
      /^s\.yaml:2:3: params\.x: 2 is greater/,
    ],
    [
      'a file that is no YAML',
      ['-f', 's.yaml'],
      { 's.yaml': 'params: [' },
      /^s\.yaml:1:\d+: this is not valid YAML/,
    ],
    ['a file that is not there', ['-f', 's.yaml'], {}, /^s\.yaml: s\.yaml cannot be read/],
  ] as const)('%s is told before anything starts', async (_, args, files, message) => {
    const root = makeGitProject({ ...SCORE_PROJECT, ...files });
    const end = await reprise(['sweep', 'run', ...args], root);
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(message);
    expect(end.stderr).toContain('fix: ');
    expect(existsSync(join(root, '.reprise/temporal'))).toBe(false);
  });

  it('takes the file, and options over it', async () => {
    const root = makeGitProject({ ...SCORE_PROJECT, 's.yaml': FILE });
    const end = await reprise(['sweep', 'run', '-f', 's.yaml', '--param', 'x=3', '--json'], root);
    expect(endOf(end).trials.map(({ params }) => params)).toEqual([{ x: 3 }]);
  });
});
