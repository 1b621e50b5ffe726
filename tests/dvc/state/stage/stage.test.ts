import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  describeInputs,
  readLockEntry,
  removeOutputs,
  saveOutputs,
  stageStatus,
} from '../../../../dvc/state/index.js';
import type { Project, Stage } from '../../../../dvc/types.js';
import { makeProject, readParams, repro, stagesOf, write, type Sample } from '../rig.js';

const sample: Sample = {
  files: { in: '1', 'params.yaml': 'p: {a: 1, b: 2.0}\nq: [x]\n' },
  stages: {
    s: {
      cmd: 'cp in out && mkdir -p dir && cp in dir/f && echo 1 > m',
      deps: ['in'],
      params: ['p', 'q'],
      outs: ['out', { dir: { persist: true } }],
      metrics: [{ m: { cache: false } }],
    },
  },
};

function make(of: Sample = sample): { project: Project; stage: Stage } {
  const project = makeProject(of);
  const [stage] = stagesOf(project, of) as [Stage];
  return { project, stage };
}

async function changes(project: Project, stage: Stage) {
  return stageStatus(project, stage, await readLockEntry(project, stage), readParams);
}

describe('stageStatus', () => {
  it('says why a stage would run', async () => {
    const { project, stage } = make();
    expect(await changes(project, stage)).toEqual([
      { kind: 'no-lock', reason: 'new' },
      { kind: 'dep', path: 'in', reason: 'new' },
      { kind: 'param', path: 'params.yaml', reason: 'new' },
      { kind: 'out', path: 'out', reason: 'deleted' },
      { kind: 'out', path: 'dir', reason: 'deleted' },
      { kind: 'out', path: 'm', reason: 'deleted' },
    ]);
    await repro(project, [stage]);
    expect(await changes(project, stage)).toEqual([]);

    write(project.root, 'in', '2');
    write(project.root, 'params.yaml', 'p: {b: 2, a: 1}\nq: [y]\n');
    write(project.root, 'm', '2');
    rmSync(join(project.config.cacheDir, 'files'), { recursive: true });
    const other = { ...stage, cmd: 'other', alwaysChanged: true };
    expect(await changes(project, other)).toEqual([
      { kind: 'cmd', reason: 'modified' },
      { kind: 'always-changed', reason: 'changed' },
      { kind: 'dep', path: 'in', reason: 'modified' },
      { kind: 'param', path: 'params.yaml:q', reason: 'modified' },
      { kind: 'out', path: 'out', reason: 'not-in-cache' },
      { kind: 'out', path: 'dir', reason: 'not-in-cache' },
      { kind: 'out', path: 'm', reason: 'modified' },
    ]);
    expect((await changes(project, { ...other, frozen: true })).map(({ kind }) => kind)).toEqual([
      'cmd',
      'out',
      'out',
      'out',
    ]);
  });

  it('always runs a stage that has nothing to go by', async () => {
    const { project, stage } = make({ files: {}, stages: { s: { cmd: 'true' } } });
    await repro(project, [stage]);
    expect(await changes(project, stage)).toEqual([{ kind: 'no-deps', reason: 'changed' }]);
  });

  it('notices params and params files that are gone', async () => {
    const { project, stage } = make();
    await repro(project, [stage]);
    write(project.root, 'params.yaml', 'p: {a: 1, b: 2.0}\n');
    expect(await changes(project, stage)).toEqual([
      { kind: 'param', path: 'params.yaml:q', reason: 'deleted' },
    ]);
    rmSync(join(project.root, 'params.yaml'));
    expect(await changes(project, stage)).toEqual([
      { kind: 'param', path: 'params.yaml', reason: 'deleted' },
    ]);
  });
});

describe('describeInputs', () => {
  it('names a dep, a params file or a param that is missing', async () => {
    const { project, stage } = make();
    write(project.root, 'params.yaml', 'p: 1\n');
    await expect(describeInputs(project, stage, readParams)).rejects.toMatchObject({
      code: 'missing-param',
      message: expect.stringContaining('q') as string,
    });
    rmSync(join(project.root, 'params.yaml'));
    await expect(describeInputs(project, stage, readParams)).rejects.toMatchObject({
      code: 'missing-dep',
      message: expect.stringContaining('params.yaml') as string,
    });
    rmSync(join(project.root, 'in'));
    await expect(describeInputs(project, stage, readParams)).rejects.toMatchObject({
      code: 'missing-dep',
      at: { file: 'dvc.yaml', line: 1 },
    });
  });
});

describe('removeOutputs', () => {
  it('removes outs, also from folders without write permission, and leaves persistent ones writable', async () => {
    const { project, stage } = make();
    const linked = { ...project, config: { ...project.config, cacheTypes: ['hardlink' as const] } };
    await repro(linked, [stage]);
    mkdirSync(join(project.root, 'more/inside'), { recursive: true });
    write(project.root, 'more/inside/f', 'x');
    chmodSync(join(project.root, 'more/inside'), 0o500);
    chmodSync(join(project.root, 'more'), 0o500);
    const [out] = stage.outs;
    const more = { ...(out as NonNullable<typeof out>), path: 'more', file: join(project.root, 'more') };
    await removeOutputs(linked, { ...stage, outs: [...stage.outs, more] });
    expect(['out', 'm', 'more', 'dir/f'].map((path) => existsSync(join(project.root, path)))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    write(project.root, 'dir/f', 'rewritten');
    expect(await changes(linked, { ...stage, outs: stage.outs.slice(1, 2) })).toEqual([
      { kind: 'out', path: 'dir', reason: 'modified' },
    ]);
  });

  it('never removes the project, a frozen stage’s outs or data', async () => {
    const { project, stage } = make();
    const [out] = stage.outs;
    const all = { ...(out as NonNullable<typeof out>), path: '..', file: join(project.root, '..') };
    await expect(removeOutputs(project, { ...stage, outs: [all] })).rejects.toMatchObject({
      code: 'bad-output',
    });
    write(project.root, 'out', 'kept');
    await removeOutputs(project, { ...stage, frozen: true });
    await removeOutputs(project, { ...stage, cmd: undefined });
    expect(readFileSync(join(project.root, 'out'), 'utf8')).toBe('kept');
  });
});

describe('saveOutputs', () => {
  it('names an out that the command did not make, and saves nothing then', async () => {
    const { project, stage } = make();
    write(project.root, 'out', 'x');
    await expect(saveOutputs(project, stage, readParams)).rejects.toMatchObject({
      code: 'missing-output',
      at: { file: 'dvc.yaml' },
      message: expect.stringContaining('dir') as string,
    });
    expect(existsSync(project.config.cacheDir)).toBe(false);
    expect(existsSync(join(project.root, '.gitignore'))).toBe(false);
  });

  it('takes an out that .dvcignore names for missing', async () => {
    const { project, stage } = make({
      ...sample,
      files: { ...sample.files, '.dvcignore': 'out\n', out: 'x', 'dir/f': 'x', m: '1' },
    });
    await expect(saveOutputs(project, stage, readParams)).rejects.toMatchObject({ code: 'missing-output' });
  });

  it('refuses a metric that is binary, an out that git tracks, and a cached out outside of the project', async () => {
    const { project, stage } = make({
      ...sample,
      files: { ...sample.files, out: 'x', 'dir/f': 'x', m: '\0\x01' },
    });
    await expect(saveOutputs(project, stage, readParams)).rejects.toMatchObject({
      code: 'bad-output',
      message: expect.stringContaining('binary') as string,
    });
    write(project.root, 'm', '1');
    execFileSync('git', ['add', 'dir'], { cwd: project.root });
    await expect(saveOutputs(project, stage, readParams)).rejects.toMatchObject({
      code: 'output-tracked',
      fix: expect.stringContaining('git rm') as string,
    });
    const [out] = stage.outs;
    const outside = {
      ...(out as NonNullable<typeof out>),
      path: '../x',
      file: write(project.root, '../x', 'x'),
    };
    await expect(saveOutputs(project, { ...stage, outs: [outside] }, readParams)).rejects.toMatchObject({
      code: 'bad-output',
    });
  });

  it('keeps outs out of git once, also from a file without a last newline', async () => {
    const { project, stage } = make({
      ...sample,
      files: { ...sample.files, out: 'x', 'dir/f': 'x', m: '1', '.gitignore': '*.tmp\nd*' },
    });
    await saveOutputs(project, stage, readParams);
    await saveOutputs(project, stage, readParams);
    expect(readFileSync(join(project.root, '.gitignore'), 'utf8')).toBe('*.tmp\nd*\n/out\n');
  });
});
