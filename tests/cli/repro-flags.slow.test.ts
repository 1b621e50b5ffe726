import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { makeProject, writeFiles } from '../rig/project.js';
import { endAll, outcomesOf, reprise } from '../rig/reprise.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

/** Each command leaves its name in `trace`; of `in`, only the first letter counts for `a`. */
const PIPELINE = `stages:
  first: {cmd: echo first >> trace && head -c 1 in > a, deps: [in], outs: [a]}
  second: {cmd: echo second >> trace && cat a a > b, deps: [a], outs: [b]}
  third: {cmd: echo third >> trace && cat b in > c, deps: [b, in], outs: [c]}
`;
const OUTS = ['a', 'b', 'c'];
const each = (outcome: string): Record<string, string> => ({
  first: outcome,
  second: outcome,
  third: outcome,
});

describeWithDvc("dvc's flags on the command line of repro", () =>
  describeWithS3('with a remote on S3', () => {
    let s3: S3Server;
    /** One server and one worker for all projects: a server for each command would take longer than what it does. */
    let env: TestWorkflowEnvironment;
    let stopWorkers: (() => Promise<void>) | undefined;
    const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-flags-')));
    beforeAll(async () => {
      [s3, env] = await Promise.all([startS3(), startTemporal()]);
      Object.assign(process.env, s3.env);
      stopWorkers = await startWorkers(env, served, { slots: 2 });
    });
    afterEach(endAll);
    afterAll(async () => {
      await stopWorkers?.();
      await env?.teardown();
      await s3?.stop();
    });

    const scene = () => {
      const remote = `['remote "store"']\n    url = s3://${s3.makeBucket()}/dvc\n    endpointurl = ${s3.endpoint}\n`;
      const files = {
        '.dvc/config': `[core]\n    no_scm = True\n    remote = store\n${remote}`,
        'dvc.yaml': PIPELINE,
        in: 'one\n',
      };
      const root = makeProject(files, served);
      const settings = { ...s3.env, TEMPORAL_ADDRESS: env.address };
      const repro = async (...flags: string[]): Promise<Readonly<Record<string, string>>> => {
        const end = await reprise(['repro', '--json', ...flags], root, settings);
        expect({ stderr: end.stderr, code: end.code }).toEqual({ stderr: '', code: 0 });
        return outcomesOf(end);
      };
      const ran = (): string[] => {
        const trace = join(root, 'trace');
        const names = existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n') : [];
        rmSync(trace, { force: true });
        return names;
      };
      const lose = (...names: string[]): void => {
        for (const name of names) rmSync(join(root, name), { recursive: true, force: true });
      };
      const dvcStatus = async (): Promise<unknown> =>
        JSON.parse((await dvc(['status', '--json'], root)).stdout) as unknown;
      return { root, settings, repro, ran, lose, dvcStatus };
    };

    it('leaves outs out of the cache, takes missing data for unchanged, and brings it from the bucket', async () => {
      const { root, repro, ran, lose, dvcStatus } = scene();
      const cache = join(root, '.dvc/cache');
      expect(await repro('--no-commit')).toEqual(each('ran'));
      expect(existsSync(join(cache, 'files'))).toBe(false);
      expect(ran()).toEqual(['first', 'second', 'third']);

      expect(await repro('--force')).toEqual(each('ran'));
      expect(existsSync(join(cache, 'files'))).toBe(true);
      expect((await reprise(['push', '--run-cache'], root, s3.env)).code).toBe(0);
      ran();

      lose(...OUTS, '.dvc/cache');
      expect(await repro('--allow-missing')).toEqual(each('skipped'));
      expect(OUTS.filter((out) => existsSync(join(root, out)))).toEqual([]);
      expect(await repro('--pull')).toEqual(each('restored'));
      expect(readFileSync(join(root, 'c'), 'utf8')).toBe('ooone\n');
      expect(ran()).toEqual([]);
      expect(await dvcStatus()).toEqual({});

      // What the bucket knows of another run serves as well.
      writeFiles(root, { in: 'two\n' });
      expect(await repro()).toEqual(each('ran'));
      ran();
      lose(...OUTS, '.dvc/cache');
      writeFiles(root, { in: 'one\n' });
      expect(await repro('--pull')).toEqual(each('restored'));
      expect(ran()).toEqual([]);
      expect(readFileSync(join(root, 'c'), 'utf8')).toBe('ooone\n');
      expect(await dvcStatus()).toEqual({});
    });

    it('runs what the run cache knows, and what comes after a stage that ran', async () => {
      const { root, repro, ran, dvcStatus } = scene();
      await repro();
      writeFiles(root, { in: 'two\n' });
      await repro();
      writeFiles(root, { in: 'one\n' });
      expect(await repro()).toEqual(each('restored'));
      writeFiles(root, { in: 'two\n' });
      ran();
      expect(await repro('--no-run-cache')).toEqual(each('ran'));
      expect(ran()).toEqual(['first', 'second', 'third']);

      writeFiles(root, { in: 'twelve\n' });
      expect(await repro()).toEqual({ first: 'ran', second: 'skipped', third: 'ran' });
      writeFiles(root, { in: 'tenths\n' });
      ran();
      expect(await repro('--force-downstream')).toEqual(each('ran'));
      expect(ran()).toEqual(['first', 'second', 'third']);
      expect(await dvcStatus()).toEqual({});
    });

    it('goes on with everything when errors are ignored, and ends well', async () => {
      const { root, settings, repro, ran } = scene();
      writeFiles(root, { 'dvc.yaml': PIPELINE.replace('cat a a > b', 'cat a a > b && exit 3') });
      const end = await reprise(['repro', '--json', '--keep-going'], root, settings);
      expect(end.code).toBe(1);
      expect(outcomesOf(end)).toEqual({ first: 'ran', second: 'failed', third: 'blocked' });
      expect(ran()).toEqual(['first', 'second']);
      // What the failed stage left is what the next one reads, as it is for dvc.
      expect(await repro('--ignore-errors')).toEqual({ first: 'skipped', second: 'failed', third: 'ran' });
      expect(readFileSync(join(root, 'c'), 'utf8')).toBe('ooone\n');
      const text = await reprise(['repro', '--ignore-errors'], root, settings);
      expect(text.code).toBe(0);
      expect(text.stdout).toMatch(/second: the command failed with exit code 3[^]*failures are ignored/);
    });
  }),
);
