import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  makeTemporaryRoot,
  removeAbandonedRoots,
  removeTemporaryRoot,
} from '../../../infra/tasks/temporary-root.mjs';
import { scratchFolder } from '../scratch.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const scratch = scratchFolder();

/** A temporary folder of its own, as the operating system gives one. */
function inFolder(name: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  return folder;
}

/** The pid of a process that has ended. */
const ended = (): number => spawnSync(process.execPath, ['-e', '']).pid;

function rootOf(folder: string, name: string, owner: object): void {
  mkdirSync(join(folder, name, 'project'), { recursive: true });
  writeFileSync(join(folder, name, 'owner.json'), JSON.stringify(owner));
}

describe('the temporary root', () => {
  it('is short, and goes with all that is in it', () => {
    const folder = inFolder('one');
    const root = makeTemporaryRoot(folder);
    expect(dirname(root)).toBe(folder);
    expect(root.length - folder.length).toBeLessThanOrEqual(10);
    mkdirSync(join(root, 'project/.dvc'), { recursive: true });
    removeTemporaryRoot(root, { keep: false });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stays when it is kept, also after the next run', () => {
    const folder = inFolder('kept');
    const root = makeTemporaryRoot(folder);
    mkdirSync(join(root, 'project'));
    removeTemporaryRoot(root, { keep: true });
    removeAbandonedRoots(folder);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(readdirSync(root)).toEqual(['project']);
  });

  it('goes with the next run when its own was killed; nothing else does', () => {
    const folder = inFolder('others');
    rootOf(folder, 'rt-killed', { pid: ended(), host: hostname() });
    rootOf(folder, 'rt-lives', { pid: process.pid, host: hostname() });
    rootOf(folder, 'rt-elsewhere', { pid: ended(), host: `${hostname()}-other` });
    rootOf(folder, 'rt-strange', { pid: 'x' });
    rootOf(folder, 'mine', { pid: ended(), host: hostname() });
    mkdirSync(join(folder, 'rt-new'));
    removeAbandonedRoots(folder);
    expect(readdirSync(folder)).toEqual(['mine', 'rt-elsewhere', 'rt-lives', 'rt-new', 'rt-strange']);
  });

  it("is never the user's own temporary folder, nor another process's", () => {
    const folder = inFolder('own');
    writeFileSync(join(folder, 'precious'), '');
    removeTemporaryRoot(folder, { keep: false });
    rootOf(folder, 'rt-other', { pid: process.ppid, host: hostname() });
    removeTemporaryRoot(join(folder, 'rt-other'), { keep: false });
    expect(readdirSync(folder)).toEqual(['precious', 'rt-other']);
  });

  it.each([
    ['removed', {}, 0],
    ['kept if asked', { REPRISE_TEST_KEEP: '1' }, 1],
  ])('has what suites and their children leave, and is %s after them', (_, env, roots) => {
    const folder = inFolder(`run-${roots}`);
    const project = join(folder, 'project');
    mkdirSync(project);
    const tmp = join(folder, 'tmp');
    mkdirSync(tmp);
    writeFileSync(
      join(project, 'leaves.test.js'),
      `const { execFileSync } = require('child_process');
       const { mkdtempSync } = require('fs');
       const { dirname, join } = require('path');
       test('leaves folders', () => {
         const own = mkdtempSync(require('os').tmpdir() + '/own-');
         const child = execFileSync('mktemp', ['-d'], { encoding: 'utf8' });
         expect(dirname(child)).toBe(dirname(own));
         expect(dirname(dirname(own))).toBe(${JSON.stringify(tmp)});
       });`,
    );
    const config = JSON.stringify({
      rootDir: project,
      transform: {},
      cacheDirectory: join(folder, 'cache'),
      globalSetup: join(ROOT, 'tests/global-setup.cjs'),
      globalTeardown: join(ROOT, 'tests/global-teardown.cjs'),
    });
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const run = spawnSync(process.execPath, [jest, '--config', config], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: tmp, REPRISE_TEST_KEEP: '', ...env },
    });
    expect([run.stderr, run.status]).toEqual([run.stderr, 0]);
    expect(readdirSync(tmp)).toHaveLength(roots);
  });
});
