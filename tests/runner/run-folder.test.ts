import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolder, identify, type ProcessIdentity } from '../../runner/index.js';

/** A shell in a group of its own whose child, which writes its number to `pid`, stays when the shell is killed. */
async function leaveChild(progressFile: string) {
  const pidFile = join(mkdtempSync(join(tmpdir(), 'reprise-leftover-')), 'pid');
  const shell = spawn('/bin/sh', ['-c', `sh -c 'echo $$ > ${pidFile}; sleep 60; :' & wait`], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, REPRISE_PROGRESS: progressFile },
  });
  const leader = identify(shell.pid as number) as ProcessIdentity;
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '')
    await new Promise((resolve) => setTimeout(resolve, 10));
  shell.kill('SIGKILL');
  await once(shell, 'exit');
  return { leader, child: Number(readFileSync(pidFile, 'utf8')) };
}

describe('what a killed worker left running', () => {
  const open = () => RunFolder.open(mkdtempSync(join(tmpdir(), 'reprise-run-')), 'train');

  // Only Linux shows the environment of a process that has lost its shell.
  (process.platform === 'linux' ? it : it.skip)('is ended even where its shell is gone', async () => {
    const folder = await open();
    const { leader, child } = await leaveChild(folder.progressFile);
    folder.record(leader);
    expect(await folder.endLeftover(5)).toBe(true);
    expect(identify(child)).toBeUndefined();
  });

  it('is not taken for a group of others that got its number', async () => {
    const folder = await open();
    const { leader, child } = await leaveChild('/somewhere/else');
    folder.record(leader);
    expect(await folder.endLeftover(5)).toBe(true);
    expect(identify(child)).toBeDefined();
    process.kill(-leader.pid, 'SIGKILL');
  });
});
