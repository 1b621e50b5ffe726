import { join } from 'node:path';
import { commitLock, parseLockEntry, readLock, readLockEntry } from '../../../../dvc/state/index.js';
import { makeProject, stagesOf, write } from '../rig.js';

const MD5 = '0cc175b9c0f1b6a831c399e269772661';

function lockOf(text: string) {
  const project = makeProject({ stages: {}, files: { 'dvc.lock': text } });
  return readLock(project, join(project.root, 'dvc.yaml'));
}

describe('readLock', () => {
  it('knows no stage where there is no lock file', async () => {
    const project = makeProject({ stages: {}, files: {} });
    expect((await readLock(project, join(project.root, 'dvc.yaml'))).size).toBe(0);
  });

  it('reads what DVC wrote, DVC 2 included', async () => {
    const entries = await lockOf(
      `schema: '2.0'\nstages:\n  a@1:\n    cmd:\n    - x\n    - y\n    deps:\n    - path: d\n      hash: md5\n      md5: ${MD5}.dir\n      size: 3\n      nfiles: 2\n    - path: old\n      md5: ${MD5}\n      size: 12345678\n      isexec: true\n    params:\n      params.yaml:\n        lr: 1e-05\n        n:\n`,
    );
    expect(entries.get('a@1')).toEqual({
      cmd: ['x', 'y'],
      deps: [
        { path: 'd', hash: 'md5', md5: `${MD5}.dir`, size: 3, nfiles: 2 },
        { path: 'old', md5: MD5, size: 12345678, isexec: true },
      ],
      params: { 'params.yaml': { lr: { value: 1e-5 }, n: null } },
    });
  });

  it.each([
    [
      'lock-conflict',
      4,
      `schema: '2.0'\nstages:\n  a:\n<<<<<<< HEAD\n    cmd: x\n=======\n    cmd: y\n>>>>>>> other\n`,
    ],
    ['lock-conflict', 3, `schema: '2.0'\nstages:\n=======\n`],
    ['bad-lock', 1, ''],
    ['bad-lock', 1, '- a\n'],
    ['bad-lock', 1, `schema: '1.0'\nstages: {}\n`],
    ['bad-lock', 1, `stages:\n  a:\n    cmd: x\n`],
    ['bad-lock', 2, `schema: '2.0'\nstages: 3\n`],
    ['bad-lock', 3, `schema: '2.0'\nstages:\n  a: x\n`],
    ['bad-lock', 3, `schema: '2.0'\nstages:\n  a:\n    deps: []\n`],
    ['bad-lock', 5, `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    depz: []\n`],
    [
      'bad-lock',
      7,
      `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      md5: ../../../etc/passwd\n`,
    ],
    ['bad-lock', 7, `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      size: many\n`],
    ['bad-lock', 6, `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - md5: ${MD5}\n`],
    ['yaml-syntax', 5, `schema: '2.0'\nstages:\n  a:\n    cmd: "x\n`],
    ['yaml-syntax', 5, `schema: '2.0'\nstages:\n  a:\n    cmd: x\n  a:\n    cmd: y\n`],
  ])('refuses a damaged file: %s in line %i', async (code, line, text) => {
    const error = lockOf(text);
    await expect(error).rejects.toMatchObject({ code, at: { file: 'dvc.lock', line } });
    await expect(error).rejects.toHaveProperty('fix', expect.any(String));
  });

  it('never writes over a file that it cannot read', async () => {
    const text = `schema: '2.0'\nstages:\n<<<<<<< HEAD\n`;
    const project = makeProject({ stages: {}, files: { 'dvc.lock': text } });
    const order = { plannedOrder: ['a'], namesBefore: [] };
    const writing = commitLock(
      project,
      join(project.root, 'dvc.yaml'),
      new Map([['a', { cmd: 'x' }]]),
      order,
    );
    await expect(writing).rejects.toMatchObject({ code: 'lock-conflict' });
    await expect(readLock(project, join(project.root, 'dvc.yaml'))).rejects.toMatchObject({
      code: 'lock-conflict',
    });
  });

  it('reads a .dvc file as the entry of its stage', async () => {
    const sample = {
      stages: { a: { cmd: 'x' } },
      files: { 'data.dvc': `outs:\n- md5: ${MD5}\n  size: 1\n  path: data\n` },
    };
    const project = makeProject(sample);
    const [stage] = stagesOf(project, sample);
    const source = { ...(stage as NonNullable<typeof stage>), dvcfile: join(project.root, 'data.dvc') };
    expect(await readLockEntry(project, source)).toEqual({
      cmd: '',
      outs: [{ path: 'data', md5: MD5, size: 1 }],
    });
    write(project.root, 'data.dvc', '');
    await expect(readLockEntry(project, source)).rejects.toMatchObject({
      code: 'bad-lock',
      at: { file: 'data.dvc' },
    });
  });

  it('names the file of an entry that crossed a process and came back damaged', () => {
    expect(() => parseLockEntry('outs: []\n', 'entry of train')).toThrow(
      expect.objectContaining({ code: 'bad-lock' }),
    );
  });
});
