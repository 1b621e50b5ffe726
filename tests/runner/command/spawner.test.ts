import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identify, startSpawner } from '../../../runner/index.js';
import { runLines, type CommandEnd } from '../../../runner/command/run-lines.js';
import type { FromSpawner, ToSpawner } from '../../../runner/command/spawner-messages.js';

const SPAWNER = fileURLToPath(new URL('../../../runner/command/spawner-process.mjs', import.meta.url));

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'reprise-spawner-'));
}

async function run(cmd: string, wdir: string): Promise<{ end: CommandEnd; output: string }> {
  let output = '';
  const end = await runLines({
    cmd: [cmd],
    wdir,
    env: { ...process.env, SHELL: '/bin/sh', GREETING: 'grüße' },
    grace: 1,
    signal: new AbortController().signal,
    onStart: () => undefined,
    onOutput: (text) => (output += text),
  });
  return { end, output };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Of a process that may be a zombie: nobody waits for those that lost their parent in every container. */
function isGone(pid: number): boolean {
  return identify(pid) === undefined;
}

function numberIn(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

describe('the spawner', () => {
  it('gives a command its environment, nothing to read, and a session of its own', async () => {
    const wdir = folder();
    const { end, output } = await run('cat; echo "$GREETING"; pwd; cut -d" " -f1,5,6 /proc/$$/stat', wdir);
    expect(end).toEqual({ reason: 'done' });
    const [greeting, place, ids] = output.split('\n');
    expect([greeting, place]).toEqual(['grüße', wdir]);
    const [pid, group, session] = (ids ?? '').split(' ');
    expect([group, session]).toEqual([pid, pid]);
  });

  it('brings all that a command prints, in order', async () => {
    const lines = 200_000;
    const { end, output } = await run(
      `seq 1 ${lines}; printf 'ü'; sleep 0.05; printf '\\303'; sleep 0.05; printf '\\274'`,
      folder(),
    );
    expect(end).toEqual({ reason: 'done' });
    expect(output).toBe(Array.from({ length: lines }, (_, at) => `${at + 1}\n`).join('') + 'üü');
  });

  it('says why a command cannot be started', async () => {
    const { end } = await run('true', join(folder(), 'not-there'));
    expect(end).toMatchObject({ reason: 'not-started', message: expect.stringContaining('ENOENT') });
  });

  it('takes a command for killed when it is killed itself, and starts the next one', async () => {
    startSpawner();
    const wdir = folder();
    const spawner = `$(cut -d" " -f4 /proc/$$/stat)`;
    const { end } = await run(`echo $$ > pid; kill -9 ${spawner}; sleep 60`, wdir);
    expect(end).toMatchObject({ reason: 'killed', signal: 'SIGKILL' });
    expect(isGone(numberIn(join(wdir, 'pid')))).toBe(true);
    expect((await run('echo again', wdir)).output).toBe('again\n');
  });
});

describe('when its worker is gone, the spawner', () => {
  /** A spawner whose worker we are. */
  function open(): { child: ChildProcess; tell: (message: ToSpawner) => void } {
    const child = fork(SPAWNER, [], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    return { child, tell: (message) => void child.send(message) };
  }

  async function sleeper(tell: (message: ToSpawner) => void, child: ChildProcess): Promise<number> {
    tell({ start: 1, file: '/bin/sh', args: ['-c', 'sleep 60'], cwd: folder(), env: process.env });
    const [message] = (await once(child, 'message')) as [FromSpawner];
    return (message as { pid: number }).pid;
  }

  it('leaves a command that the next worker will find', async () => {
    const { child, tell } = open();
    const pid = await sleeper(tell, child);
    tell({ noted: 1 });
    // Answered after what came before it.
    tell({ start: 2, file: '/bin/sh', args: ['-c', ':'], cwd: folder(), env: process.env });
    await once(child, 'message');
    child.disconnect();
    await once(child, 'exit');
    expect(isGone(pid)).toBe(false);
    process.kill(-pid, 'SIGKILL');
  });

  it('ends a command that it would not find', async () => {
    const { child, tell } = open();
    const pid = await sleeper(tell, child);
    child.disconnect();
    await once(child, 'exit');
    await until(() => isGone(pid));
  });

  it('heeds no signal but that', async () => {
    const { child, tell } = open();
    const pid = await sleeper(tell, child);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) child.kill(signal);
    tell({ start: 2, file: '/bin/sh', args: ['-c', ':'], cwd: folder(), env: process.env });
    await once(child, 'message');
    expect(child.exitCode ?? child.signalCode).toBeNull();
    child.disconnect();
    await once(child, 'exit');
    await until(() => isGone(pid));
  });
});
