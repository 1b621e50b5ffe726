import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { describeWithDvc, dvc, run } from '../dvc/state/real-dvc.js';
import { samplePipelines, type SamplePipeline } from '../dvc/pipelines/index.js';
import { writeFiles } from '../rig/project.js';
import { outcomesOf, reprise } from '../rig/reprise.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

/** In which all projects lie, and which one worker serves: a server for each command would take longer than what it does. */
const base = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-interop-')));
let env: TestWorkflowEnvironment;
let stopWorkers: (() => Promise<void>) | undefined;

/** A twin for `dvc repro`, one for `reprise repro`: the same files in folders of the same name. */
async function twins(sample: SamplePipeline): Promise<{ theirs: string; ours: string }> {
  const folder = mkdtempSync(join(base, 'twins-'));
  const theirs = join(folder, 'theirs', 'project');
  const ours = join(folder, 'ours', 'project');
  writeFiles(theirs, {});
  await run('mkdir', ['-p', theirs], folder);
  await run('git', ['init', '-q'], theirs);
  await dvc(['init', '-q'], theirs);
  writeFiles(theirs, sample.files);
  cpSync(theirs, ours, { recursive: true });
  return { theirs, ours };
}

async function dvcRepro(root: string, ...args: string[]): Promise<{ ran: string[]; stdout: string }> {
  const { code, stdout, stderr } = await dvc(['repro', '-P', ...args], root);
  if (code !== 0) throw new Error(stdout + stderr);
  return {
    ran: [
      ...stdout.matchAll(
        /^(?:Running stage|Verifying (?:data sources in|outputs in frozen) stage:) '(.+?)':?$/gm,
      ),
    ].map((match) => match[1] as string),
    stdout,
  };
}

async function ourRepro(root: string): Promise<Readonly<Record<string, string>>> {
  const end = await reprise(['repro', '--all-pipelines', '--json'], root, { TEMPORAL_ADDRESS: env.address });
  if (end.code !== 0) throw new Error(end.stdout + end.stderr);
  return outcomesOf(end);
}

const which = (outcomes: Readonly<Record<string, string>>, wanted: string) =>
  Object.keys(outcomes)
    .filter((address) => outcomes[address] === wanted)
    .sort();

/** Every lock file and `.dvc` file, by path. */
function locks(root: string): Readonly<Record<string, string>> {
  const paths = (readdirSync(root, { recursive: true }) as string[]).filter((path) =>
    /(^|\/)dvc\.lock$|[^/]\.dvc$/.test(path),
  );
  return Object.fromEntries(
    paths
      .filter((path) => !path.startsWith('.dvc/'))
      .sort()
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
}

/** Adds one to the first whole number of params.yaml. */
function changeParam(root: string): boolean {
  const file = join(root, 'params.yaml');
  if (!existsSync(file)) return false;
  const before = readFileSync(file, 'utf8');
  const after = before.replace(/: (\d+)$/m, (_, number: string) => `: ${Number(number) + 1}`);
  writeFileSync(file, after);
  return after !== before;
}

describeWithDvc('reprise repro beside the real dvc', () => {
  const shell = process.env['SHELL'];
  beforeAll(async () => {
    // dvc's commands and ours run in the same.
    process.env['SHELL'] = '/bin/sh';
    env = await startTemporal();
    stopWorkers = await startWorkers(env, base, { slots: 2 });
  });
  afterAll(async () => {
    await stopWorkers?.();
    await env?.teardown();
    rmSync(base, { recursive: true, force: true });
    if (shell === undefined) delete process.env['SHELL'];
    else process.env['SHELL'] = shell;
  });

  describe.each(samplePipelines.map((sample) => [sample.name, sample] as const))('%s', (_, sample) => {
    it('leaves what dvc repro leaves, and each takes over from the other', async () => {
      const { theirs, ours } = await twins(sample);
      const always = [...(sample.alwaysRuns ?? [])].sort();
      const first = await dvcRepro(theirs);
      expect(which(await ourRepro(ours), 'ran')).toEqual([...first.ran].sort());
      expect(locks(ours)).toEqual(locks(theirs));
      if (always.length === 0) expect(JSON.parse((await dvc(['status', '--json'], ours)).stdout)).toEqual({});

      // Each finds nothing to do after the other.
      expect((await dvcRepro(ours)).ran.sort()).toEqual(always);
      expect(which(await ourRepro(theirs), 'ran')).toEqual(always);
      expect(locks(ours)).toEqual(locks(theirs));

      // A changed param runs the same stages.
      if (changeParam(theirs)) {
        changeParam(ours);
        const again = await dvcRepro(theirs);
        expect(which(await ourRepro(ours), 'ran')).toEqual(again.ran.sort());
        expect(locks(ours)).toEqual(locks(theirs));
      }
    });
  });

  it('shares the cache and the run cache: what one stored the other restores', async () => {
    const { theirs, ours } = await twins(
      samplePipelines.find((sample) => sample.name === 'directories') as SamplePipeline,
    );
    await dvcRepro(theirs);
    await ourRepro(ours);
    const forget = (root: string) => {
      for (const path of Object.keys(locks(root))) if (path.endsWith('dvc.lock')) rmSync(join(root, path));
    };
    forget(theirs);
    forget(ours);
    rmSync(join(theirs, '..', 'elsewhere'), { recursive: true, force: true });
    const restored = await ourRepro(theirs);
    expect(which(restored, 'ran')).toEqual([]);
    expect(which(restored, 'restored').length).toBeGreaterThan(0);
    expect((await dvcRepro(ours)).ran).toEqual([]);
  });
});
