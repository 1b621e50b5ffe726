import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeProject } from '../rig/project.js';
import { EXECUTABLE } from '../rig/reprise.js';
import { Screen } from '../rig/screen.js';
import { serverEnds } from '../rig/servers.js';
import { trainingProject } from '../rig/training.js';

/** util-linux's `script` gives a command a terminal. */
const hasScript = process.platform === 'linux' && existsSync('/usr/bin/script');

(hasScript ? describe : describe.skip)('on a terminal', () => {
  it('paints one table, which stands there with its result at the end', async () => {
    const root = makeProject(trainingProject(12));
    const command = `stty cols 80 rows 24; '${process.execPath}' '${EXECUTABLE}' repro`;
    const recording = join(root, '.dvc', 'recording');
    spawnSync('script', ['-qec', command, recording], {
      cwd: root,
      env: { ...process.env, CI: '', TEMPORAL_ADDRESS: '', TERM: 'xterm', LANG: 'C.UTF-8', SHELL: '/bin/sh' },
    });
    // The first and the last line are those of `script`.
    const raw = readFileSync(recording, 'utf8').split('\n').slice(1, -2).join('\n');
    const screen = new Screen(80, 24);
    screen.write(raw);
    const rows = screen.text();
    const table = rows.findIndex((row) => row.startsWith('✓ prepare'));
    expect(rows.slice(table)).toEqual([
      expect.stringMatching(/^✓ prepare +\d+\.\d s$/),
      expect.stringMatching(/^✓ train +\d+\.\d s$/),
      expect.stringMatching(/^✓ report +\d+\.\d s$/),
      expect.stringMatching(/^succeeded in \d+\.\d s: 3 ran$/),
    ]);
    expect(rows.slice(0, table).join('')).toMatch(/^Temporal: server started at .*run reprise-.*: http:/);
    // While it trained, there was a bar beside the stage.
    expect(raw).toMatch(/train.*━+─*.*\d+\/12.*loss 0\.500/);
    await serverEnds(root);
  });

  it('asks before each stage that is not up to date, and ends where the answer is no', async () => {
    const chain = 'stages:\n  a: {cmd: echo 1 > a, outs: [a]}\n  b: {cmd: cp a b, deps: [a], outs: [b]}\n';
    const root = makeProject({ 'dvc.yaml': chain });
    const ask = (...answers: string[]): { status: number | null; text: string } => {
      const command = `'${process.execPath}' '${EXECUTABLE}' repro -i`;
      const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
        cwd: root,
        env: { ...process.env, CI: '', TEMPORAL_ADDRESS: '', TERM: 'xterm', SHELL: '/bin/sh' },
        input: answers.map((answer) => `${answer}\n`).join(''),
        encoding: 'utf8',
      });
      return { status, text: stdout };
    };
    const first = ask('perhaps', 'y', 'n');
    expect(first.text.match(/Going to reproduce a\./g)).toHaveLength(2);
    expect(first.text).toMatch(/Going to reproduce b\./);
    expect(first.status).toBe(1);
    expect([existsSync(join(root, 'a')), existsSync(join(root, 'b'))]).toEqual([true, false]);
    const second = ask('yes');
    expect(second.text).not.toMatch(/Going to reproduce a\./);
    expect({ status: second.status, made: existsSync(join(root, 'b')) }).toEqual({ status: 0, made: true });
    expect(ask()).toMatchObject({
      status: 0,
      text: expect.stringContaining('everything is up to date') as string,
    });
    await serverEnds(root);
  });
});
