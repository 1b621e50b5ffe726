import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EXECUTABLE } from '../../rig/reprise.js';
import { tinyProject } from './tiny-project.js';

/** A file system of a given size needs a mount, and so a user namespace of our own; not every host grants one. */
const mayMount = spawnSync('unshare', ['-Urm', 'true']).status === 0;

describe('a full disk', () => {
  let root: string;
  beforeEach(() => {
    root = tinyProject();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  (mayMount ? it : it.skip)('ends the training with the checkpoints before still there', () => {
    const checkpoints = join(root, 'checkpoints');
    mkdirSync(checkpoints);
    // Room for two checkpoints and a part of a third.
    const script = `
      mount -t tmpfs -o size=72k,nr_inodes=100 tmpfs "$REPRISE_CHECKPOINTS" &&
      "${process.execPath}" "${EXECUTABLE}" finetune --json; code=$?
      ls "$REPRISE_CHECKPOINTS" >&2; exit $code`;
    const { status, stdout, stderr } = spawnSync('unshare', ['-Urm', 'sh', '-c', script], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, REPRISE_CHECKPOINTS: checkpoints },
    });
    expect(status).toBe(1);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toMatchObject({
      event: 'error',
      code: 'disk-full',
      message: expect.stringMatching(/checkpoint-\d+ \(ENOSPC\)$/) as string,
    });
    const left = stderr.trim().split('\n').filter((line) => line.startsWith('checkpoint-')); // prettier-ignore
    expect(left.length).toBeGreaterThanOrEqual(1);
    expect(stderr).not.toContain('.writing');
  });
});
