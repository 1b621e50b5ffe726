import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '../../../runner/index.js';
import { runLines, type CommandEnd } from '../../../runner/command/run-lines.js';

/** It is canceled when it says `ready`. */
async function run(cmd: string | string[], options: { grace?: number } = {}) {
  const wdir = mkdtempSync(join(tmpdir(), 'reprise-lines-'));
  const abort = new AbortController();
  let output = '';
  const leaders: ProcessIdentity[] = [];
  const end: CommandEnd = await runLines({
    cmd,
    wdir,
    env: { ...process.env, SHELL: '/bin/bash' },
    grace: options.grace ?? 5,
    signal: abort.signal,
    onStart: (leader) => leaders.push(leader),
    onOutput: (text) => {
      output += text;
      if (output.includes('ready')) abort.abort();
    },
  });
  return { end, output, wdir, leaders };
}

describe('runLines', () => {
  it('runs the lines of a string each in a shell of its own', async () => {
    const { end, output, leaders } = await run('x=1; sleep 0.05; echo "a$x"\nsleep 0.05; echo "b$x"');
    expect(end).toEqual({ reason: 'done' });
    expect(output).toBe('a1\nb\n');
    expect(leaders).toHaveLength(2);
  });

  it('runs a list item whole, its line breaks included', async () => {
    const { output } = await run(['x=1\necho "a$x"', 'echo b']);
    expect(output).toBe('a1\nb\n');
  });

  it('stops at the first line that fails and gives its code', async () => {
    const { end, output } = await run('echo one\nexit 7\necho two');
    expect(end).toEqual({ reason: 'exit', line: 'exit 7', code: 7 });
    expect(output).toBe('one\n');
  });

  it('tells a command that was killed from one that failed', async () => {
    expect((await run('kill -9 $$')).end).toMatchObject({ reason: 'killed', signal: 'SIGKILL' });
    expect((await run('sh -c "kill -9 \\$\\$"; exit $?')).end).toMatchObject({
      reason: 'killed',
      signal: 'SIGKILL',
    });
  });

  it('lets a canceled command save and leave', async () => {
    const { end, wdir } = await run(
      'trap "echo saved > saved; exit 0" TERM; echo ready; while :; do sleep 0.05; done',
    );
    expect(end).toEqual({ reason: 'canceled' });
    expect(readFileSync(join(wdir, 'saved'), 'utf8')).toBe('saved\n');
  });

  it('asks it once, also where its shell is gone before it', async () => {
    // As bash would run a lone command in its own place, and dash does not.
    const child = `(trap 'echo asked >> asked; sleep 0.3; echo saved > saved; exit' TERM; echo ready; while :; do sleep 0.05; done) & wait`;
    const { end, wdir } = await run(child);
    expect(end).toEqual({ reason: 'canceled' });
    expect(readFileSync(join(wdir, 'asked'), 'utf8')).toBe('asked\n');
    expect(readFileSync(join(wdir, 'saved'), 'utf8')).toBe('saved\n');
  });

  it.each([
    ['is canceled', 'echo ready; wait'],
    ['lost its shell', 'kill -9 $$'],
  ])('ends what outlives the shell of a command that %s', async (_, last) => {
    const { end, wdir } = await run(
      `(trap "" TERM; echo $BASHPID > pid; while :; do sleep 0.05; done) & until [ -s pid ]; do sleep 0.02; done; ${last}`,
      { grace: 0.3 },
    );
    expect(['canceled', 'killed']).toContain(end.reason);
    expect(identify(Number(readFileSync(join(wdir, 'pid'), 'utf8')))).toBeUndefined();
  });

  it('kills a canceled command that does not leave within its grace time', async () => {
    const started = Date.now();
    const { end, leaders } = await run('trap "" TERM; echo ready; while :; do sleep 0.05; done', {
      grace: 0.3,
    });
    expect(end).toEqual({ reason: 'canceled' });
    expect(Date.now() - started).toBeGreaterThan(290);
    expect(leaders.some(isAlive)).toBe(false);
  });
});
