import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitLock, mergeLock, readLock, type MergeOrder } from '../../../../dvc/state/index.js';
import type { LockEntry, Md5, Project } from '../../../../dvc/types.js';
import { makeProject } from '../rig.js';

const HEAD = "schema: '2.0'\nstages:\n";

function entryOf(name: string, size: number): LockEntry {
  const md5 = String(size).padStart(32, '0') as Md5;
  const lines = size % 3 === 0 ? [`echo ${name}`, 'echo "grüße: 🌍"'] : `echo ${name} > ${name}`;
  return { cmd: lines, outs: [{ path: name, hash: 'md5', md5, size }] };
}

/** The project, its lock file, and what is in it. */
function open(text?: string): { project: Project; dvcfile: string; file: string; read: () => string } {
  const project = makeProject({ stages: {}, files: text === undefined ? {} : { 'dvc.lock': text } });
  const file = join(project.root, 'dvc.lock');
  return { project, dvcfile: join(project.root, 'dvc.yaml'), file, read: () => readFileSync(file, 'utf8') };
}

/** Numbers that look like chance, the same each time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 1103515245 + 12345) % 2 ** 31) % below;
}

describe('a lock file that is known', () => {
  it.each([1, 2, 3, 4, 5, 6])('is written as if it had been read as a whole (%i)', async (seed) => {
    const pick = chance(seed);
    const { project, dvcfile, file, read } = open();
    const all = Array.from({ length: 30 }, (_, at) => `train@ü-${at}`);
    let expected: string | undefined;
    for (let step = 0; step < 60; step++) {
      const names = [...new Set(Array.from({ length: 1 + pick(4) }, () => all[pick(all.length)] as string))];
      const entries = new Map(names.map((name) => [name, entryOf(name, pick(50))]));
      const before = Object.fromEntries(
        names.flatMap((name) => (pick(3) === 0 ? [] : [[name, all[pick(all.length)] as string]])),
      );
      const order: MergeOrder = pick(8) === 0 ? { plannedOrder: all, namesBefore: names } : { before };
      // A path that nothing was kept of: the text alone decides.
      expected = mergeLock(expected, entries, order, 'dvc.lock', `/${seed}/${step}`);
      await commitLock(project, dvcfile, entries, order);
      expect(read()).toBe(expected);
      // Now and then someone else takes out a stage, adds a comment, or a name in quotes.
      const gone = pick(6);
      if (gone === 0) expected = expected.replace(/^ {2}\S+:\n(?: {4}.*\n)+/m, '');
      if (gone === 1) expected += `  'odd ${step}':\n    cmd: x\n`;
      if (gone === 2) expected = expected.replace(/^ {2}'odd \d+':\n.*\n/gm, '');
      if (expected === HEAD) expected = undefined;
      else if (gone < 3) writeFileSync(file, expected);
      if (expected === undefined) writeFileSync(file, (expected = `${HEAD}  a:\n    cmd: x\n`));
      expect([...(await readLock(project, dvcfile)).keys()]).toEqual(
        [...expected.matchAll(/^ {2}'?([^' ][^']*?)'?:\n/gm)].map(([, name]) => name),
      );
    }
  });

  it('is read again when someone else wrote as many bytes over it', async () => {
    const { project, dvcfile, file, read } = open();
    await commitLock(project, dvcfile, new Map([['a', entryOf('a', 1)]]), { before: {} });
    await commitLock(project, dvcfile, new Map([['b', entryOf('b', 1)]]), { before: {} });
    const { ino, size } = statSync(file);
    writeFileSync(file, read().replace('echo a', 'echo x'));
    expect(statSync(file)).toMatchObject({ ino, size });
    expect((await readLock(project, dvcfile)).get('a')?.cmd).toContain('echo x');
    await commitLock(project, dvcfile, new Map([['b', entryOf('b', 2)]]), { before: {} });
    expect(read()).toContain('echo x');
  });

  it('is read again where whole seconds are counted and it may have changed since', async () => {
    const { project, dvcfile, file, read } = open(`${HEAD}  a:\n    cmd: one\n`);
    const second = new Date(Math.floor(Date.now() / 1000) * 1000);
    const cmd = async () => (await readLock(project, dvcfile)).get('a')?.cmd;
    utimesSync(file, second, second);
    expect(await cmd()).toBe('one');
    writeFileSync(file, read().replace('one', 'two'));
    utimesSync(file, second, second);
    expect(await cmd()).toBe('two');
  });

  it('costs a commit no more than its writing as it grows', async () => {
    const count = 8_000;
    const text =
      HEAD + Array.from({ length: count }, (_, at) => `  train@${at}:\n    cmd: echo ${at}\n`).join('');
    const costOf = async ({ project, dvcfile }: ReturnType<typeof open>, at: number): Promise<number> => {
      const name = `new-${at}`;
      const { user } = process.cpuUsage();
      await commitLock(project, dvcfile, new Map([[name, entryOf(name, at)]]), {
        before: { [name]: 'train@9' },
      });
      return process.cpuUsage().user - user;
    };
    const known = open(text);
    await costOf(known, 0);
    const [spent, cutting]: [number[], number[]] = [[], []];
    for (let at = 1; at < 20; at++) {
      spent.push(await costOf(known, at));
      // A file that nobody has looked at is cut into its sections first.
      cutting.push(await costOf(open(text), at));
    }
    const median = (costs: number[]): number => costs.sort((a, b) => a - b)[9] as number;
    expect(median(spent)).toBeLessThan(0.75 * median(cutting));
  });
});
