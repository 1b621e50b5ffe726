import { existsSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpointKey,
  objectPath,
  readLockEntry,
  restoreRun,
  runKey,
  runValue,
} from '../../../../dvc/state/index.js';
import type { Md5, Project, Stage } from '../../../../dvc/types.js';
import { makeProject, readParams, repro, snapshot, stagesOf, write, type Sample } from '../rig.js';

const sample: Sample = {
  files: { in: '1', 'params.yaml': 'size: 1\n' },
  stages: {
    s: { cmd: 'cp in out; echo 1 > m', deps: ['in'], outs: ['out'], metrics: [{ m: { cache: false } }] },
  },
};

function make(of: Sample = sample): { project: Project; stage: Stage } {
  const project = makeProject(of);
  const [stage] = stagesOf(project, of) as [Stage];
  return { project, stage };
}

const runs = ({ config }: Project) =>
  Object.keys(snapshot(join(config.cacheDir, 'runs'))).map((name) => join(config.cacheDir, 'runs', name));

const MD5 = '0cc175b9c0f1b6a831c399e269772661' as Md5;

describe('runKey', () => {
  const entry = {
    cmd: 'x',
    deps: [{ path: 'd', hash: 'md5' as const, md5: MD5, size: 1 }],
    outs: [{ path: 'b', hash: 'md5' as const, md5: MD5 }, { path: 'a' }],
  };

  it('counts inputs and the outs’ paths, in whatever order, but no sizes', () => {
    const key = runKey(entry);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(runKey({ ...entry, outs: [{ path: 'a' }, { path: 'b', size: 3 }] })).toBe(key);
    expect(runKey({ ...entry, deps: [{ path: 'd', hash: 'md5', md5: MD5, size: 2 }] })).toBe(key);
    expect(runKey({ ...entry, outs: [{ path: 'a' }] })).not.toBe(key);
    expect(runKey({ ...entry, cmd: ['x'] })).not.toBe(key);
    expect(runKey({ ...entry, params: { 'params.yaml': { size: 1 } } })).toBe(
      runKey({ ...entry, params: { 'params.yaml': { size: 2 } } }),
    );
    expect(runValue(entry)).not.toBe(runValue({ ...entry, outs: [{ path: 'a' }, { path: 'b' }] }));
  });
});

describe('the run cache', () => {
  it('restores the newest run whose objects are there', async () => {
    const { project, stage } = make();
    await repro(project, [stage]);
    const [first] = runs(project);
    // Another run on the same inputs, with another result.
    rmSync(join(project.root, 'dvc.lock'));
    rmSync(join(project.config.cacheDir, 'runs'), { recursive: true });
    write(project.root, 'in', '1');
    const entry = await readLockEntry(project, stage);
    expect(entry).toBeUndefined();
    await repro(project, [stage]);
    expect(runs(project)).toEqual([first]);

    const [newest] = runs(project) as [string];
    const older = newest.replace(/[^/]+$/, 'a'.repeat(64));
    writeFileSync(
      older,
      readFileSync(newest, 'utf8').replace(
        /md5: [0-9a-f]{32}\n {2}size: 1\n(?!.*md5: )/s,
        `md5: ${'b'.repeat(32)}\n  size: 1\n`,
      ),
    );
    utimesSync(older, 1, 1);
    for (const out of ['out', 'm', 'dvc.lock']) rmSync(join(project.root, out));
    expect((await restoreRun(project, stage, readParams))?.outs?.map(({ path }) => path)).toEqual([
      'out',
      'm',
    ]);
    expect(readFileSync(join(project.root, 'out'), 'utf8')).toBe('1');
    expect(readFileSync(join(project.root, 'm'), 'utf8')).toBe('1\n');

    utimesSync(older, new Date(), new Date(Date.now() + 60_000));
    expect(await restoreRun(project, stage, readParams)).toBeUndefined();
  });

  it('runs again when an object is gone or the entry is damaged, and touches nothing', async () => {
    const { project, stage } = make();
    await repro(project, [stage]);
    const locked = await readLockEntry(project, stage);
    const md5 = locked?.outs?.[0]?.md5 as Md5;
    rmSync(join(project.root, 'dvc.lock'));
    const [path] = runs(project) as [string];
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, text.length / 2).replace('outs', 'oops'));
    write(project.root, 'out', 'mine');
    expect(await restoreRun(project, stage, readParams)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, text);
    rmSync(objectPath(project.config, md5), { force: true });
    expect(await restoreRun(project, stage, readParams)).toBeUndefined();
    expect(readFileSync(join(project.root, 'out'), 'utf8')).toBe('mine');
  });

  it.each([
    ['persists', { outs: [{ out: { persist: true } }] }],
    ['is cache: false, and no metric', { outs: [{ out: { cache: false } }] }],
  ])('keeps no run of a stage whose out %s', async (_name, change) => {
    const of = { ...sample, stages: { s: { ...sample.stages.s, ...change } } } as Sample;
    const { project, stage } = make(of);
    await repro(project, [stage]);
    expect(runs(project)).toEqual([]);
    expect(await checkpointKey(project, stage, readParams)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps no run of a stage without deps, or that always runs', async () => {
    const { project, stage } = make({ files: {}, stages: { s: { cmd: 'echo 1 > out', outs: ['out'] } } });
    await repro(project, [stage]);
    const always = make({
      ...sample,
      stages: { s: { ...(sample.stages.s as object), always_changed: true } as Sample['stages'][string] },
    });
    await repro(always.project, [always.stage]);
    expect([runs(project), runs(always.project)]).toEqual([[], []]);
  });

  it('has the key under which checkpoints are kept', async () => {
    const { project, stage } = make();
    const key = await checkpointKey(project, stage, readParams);
    await repro(project, [stage]);
    expect(readdirSync(join(project.config.cacheDir, 'runs', key.slice(0, 2)))).toEqual([key]);
    expect(await checkpointKey(project, stage, readParams)).toBe(key);
    write(project.root, 'in', '2');
    expect(await checkpointKey(project, stage, readParams)).not.toBe(key);
  });
});
