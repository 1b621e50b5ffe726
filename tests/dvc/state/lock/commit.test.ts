import { readFileSync, readdirSync, statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { join } from 'node:path';
import { commitLock, mergeLock, readLock } from '../../../../dvc/state/index.js';
import type { LockEntry } from '../../../../dvc/types.js';
import { makeProject } from '../rig.js';

const NAMES = ['one', 'two', 'three', 'four'];
const entry = (name: string): LockEntry => ({ cmd: `run ${name}` });

describe('commitLock', () => {
  it('gives the same bytes in whatever order stages end', async () => {
    const orders = [NAMES, [...NAMES].reverse(), ['three', 'one', 'four', 'two']];
    const texts = await Promise.all(
      orders.map(async (order) => {
        const project = makeProject({
          stages: {},
          files: { 'dvc.lock': `schema: '2.0'\nstages:\n  three:\n    cmd: old\n  gone:\n    cmd: x\n` },
        });
        const dvcfile = join(project.root, 'dvc.yaml');
        for (const name of order)
          await commitLock(project, dvcfile, new Map([[name, entry(name)]]), {
            plannedOrder: NAMES,
            namesBefore: ['three', 'gone'],
          });
        return readFileSync(join(project.root, 'dvc.lock'), 'utf8');
      }),
    );
    expect(new Set(texts).size).toBe(1);
    expect([...(texts[0] as string).matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name)).toEqual([
      'three',
      'gone',
      'one',
      'two',
      'four',
    ]);
  });

  it('keeps a stage whose name is too long for a line with its value', async () => {
    const project = makeProject({ stages: {}, files: {} });
    const dvcfile = join(project.root, 'dvc.yaml');
    const long = `train@${'key-'.repeat(40)}`;
    const order = { plannedOrder: ['one', long, 'two'], namesBefore: [] };
    for (const name of ['one', long, 'two'])
      await commitLock(project, dvcfile, new Map([[name, entry(name)]]), order);
    await commitLock(project, dvcfile, new Map([[long, entry('again')]]), order);
    expect(readFileSync(join(project.root, 'dvc.lock'), 'utf8')).toBe(
      `schema: '2.0'\nstages:\n  one:\n    cmd: run one\n  ? ${long}\n  : cmd: run again\n  two:\n    cmd: run two\n`,
    );
    expect([...(await readLock(project, dvcfile)).keys()]).toEqual(['one', long, 'two']);
  });

  it('loses nothing that another writer puts in while it writes', async () => {
    const project = makeProject({ stages: {}, files: {} });
    const dvcfile = join(project.root, 'dvc.yaml');
    const order = { plannedOrder: NAMES, namesBefore: [] };
    await Promise.all(
      NAMES.map((name) => commitLock(project, dvcfile, new Map([[name, entry(name)]]), order)),
    );
    expect([...(await readLock(project, dvcfile)).keys()].sort()).toEqual([...NAMES].sort());
    expect(readdirSync(project.root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes once, keeps the mode, and leaves nothing beside', async () => {
    const project = makeProject({ stages: {}, files: {} });
    const dvcfile = join(project.root, 'dvc.yaml');
    const order = { plannedOrder: NAMES, namesBefore: [] };
    const before = readdirSync(project.root);
    expect(await commitLock(project, dvcfile, new Map([['one', entry('one')]]), order)).toBe(
      join(project.root, 'dvc.lock'),
    );
    const { mtimeNs, mode } = statSync(join(project.root, 'dvc.lock'), { bigint: true });
    expect(mode & 0o777n).toBe(BigInt(0o666 & ~process.umask()));
    expect(await commitLock(project, dvcfile, new Map([['one', entry('one')]]), order)).toBeUndefined();
    expect(statSync(join(project.root, 'dvc.lock'), { bigint: true }).mtimeNs).toBe(mtimeNs);
    expect(readdirSync(project.root).sort()).toEqual([...before, 'dvc.lock'].sort());
  });

  it('adds the stages to a file that has none yet', () => {
    const order = { plannedOrder: ['a'], namesBefore: [] };
    const text = mergeLock(
      `schema: '2.0'\ndatasets:\n- name: x\n`,
      new Map([['a', { cmd: 'x' }]]),
      order,
      'dvc.lock',
    );
    expect(text).toBe(`schema: '2.0'\ndatasets:\n- name: x\nstages:\n  a:\n    cmd: x\n`);
    expect(mergeLock(`schema: '2.0'\nstages: {}\n`, new Map([['a', { cmd: 'x' }]]), order, 'dvc.lock')).toBe(
      `schema: '2.0'\nstages:\n  a:\n    cmd: x\n`,
    );
  });

  it('keeps a float that DVC would change when it writes the entry of another stage', () => {
    const text = `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    params:\n      params.yaml:\n        lr: 2.7890840981819507e+20\n`;
    const order = { plannedOrder: ['b'], namesBefore: ['a'] };
    expect(mergeLock(text, new Map([['b', { cmd: 'y' }]]), order, 'dvc.lock')).toBe(
      `${text}  b:\n    cmd: y\n`,
    );
  });

  it('keeps no text of a file that has been replaced', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const order = { plannedOrder: [], namesBefore: [] };
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    let text: string | undefined;
    let before = 0;
    for (let at = 0; at < 600; at++) {
      const made = { cmd: `echo ${'x'.repeat(1000)}` };
      text = mergeLock(
        text,
        new Map([[`train@bert-base-uncased-${at}`, made]]),
        order,
        'dvc.lock',
        '/memory',
      );
      if (at === 100) before = heap();
    }
    // 600 texts of 0.3 MB on average would be 180 MB.
    expect(heap() - before).toBeLessThan(40e6);
  });
});
