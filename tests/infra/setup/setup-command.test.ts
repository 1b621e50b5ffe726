import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../../../infra/locate/index.js';
import { findOnPath } from '../../../infra/setup/find-on-path.mjs';
import { scratchFolder } from '../scratch.js';

const SETUP = fileURLToPath(new URL('../../../infra/setup.mjs', import.meta.url));

describe('node infra/setup.mjs', () => {
  const folder = scratchFolder();
  const cache = join(folder, 'cache');

  const setup = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [SETUP, ...args], {
      env: { ...process.env, REPRISE_CACHE_DIR: cache, TEMPORAL_CLI_PATH: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const since = Date.now();
    return new Promise<{ code: number | null; stdout: string; stderr: string; milliseconds: number }>(
      (resolve) => {
        child.once('close', (code) => resolve({ code, stdout, stderr, milliseconds: Date.now() - since }));
      },
    );
  };

  /** A PATH that has these programs of this host and no others. */
  const pathWith = (name: string, programs: readonly string[]) => {
    const bin = join(folder, name);
    mkdirSync(bin);
    for (const program of programs) {
      const found = findOnPath([program]);
      if (found) symlinkSync(found, join(bin, program));
    }
    return bin;
  };

  it('names the missing compiler and the command that installs it, before it fetches anything', async () => {
    const PATH = pathWith('no-compiler', ['node', 'npm', 'python3']);
    const { code, stderr } = await setup(['--only', 'tensorflow'], { PATH, CXX: '' });
    expect(code).toBe(1);
    expect(stderr).toContain('no C++ compiler is on PATH (looked for g++, c++ and clang++)');
    expect(stderr).toMatch(/fix: .*(apt-get install g\+\+|xcode-select --install)/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(join(cache, 'downloads'))).toBe(false);
  });

  it('names missing pip', async () => {
    const PATH = pathWith('no-pip', ['node', 'npm', 'g++', 'c++', 'clang++']);
    const { code, stdout } = await setup(['--only', 'tensorflow', '--json'], { PATH, CXX: '' });
    expect(code).toBe(1);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; step: string; code: string; fix: string });
    expect(events).toEqual([
      expect.objectContaining({
        event: 'failed',
        step: 'tensorflow',
        code: 'pip-missing',
        fix: expect.stringMatching(/python3/),
      }),
    ]);
  });

  it('says what to do when the Temporal CLI can neither be downloaded nor built', async () => {
    // The SDK's download goes through this proxy, where nobody listens.
    const closed = 'http://127.0.0.1:9';
    const PATH = pathWith('no-go', ['node', 'npm']);
    const { code, stderr } = await setup(['--only', 'temporal'], {
      PATH,
      HTTPS_PROXY: closed,
      https_proxy: closed,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('the Temporal CLI could not be downloaded, and there is no Go to build it with');
    expect(stderr).toContain('TEMPORAL_CLI_PATH');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('refuses a TEMPORAL_CLI_PATH that is something else', async () => {
    const { code, stderr } = await setup(['--only', 'temporal'], { TEMPORAL_CLI_PATH: process.execPath });
    expect(code).toBe(1);
    expect(stderr).toContain(`TEMPORAL_CLI_PATH names ${process.execPath}, which is not a Temporal CLI`);
  });

  it('does nothing, in less than a second, when all is there', async () => {
    const { REPRISE_CACHE_DIR, TEMPORAL_CLI_PATH } = process.env;
    // `npm test` has set up all; a single suite may be run without, and must not begin to.
    if (!(await findTemporalCli())) throw new Error('run `npm run setup` first');
    const runs = [];
    for (let run = 0; run < 3; run += 1) {
      runs.push(await setup(['--json'], { REPRISE_CACHE_DIR, TEMPORAL_CLI_PATH }));
    }
    for (const { code, stdout } of runs) {
      expect(stdout.match(/"already":true/g)).toHaveLength(3);
      expect(code).toBe(0);
    }
    // The best of three: the machine may be busy with other suites.
    expect(Math.min(...runs.map(({ milliseconds }) => milliseconds))).toBeLessThan(1_000);
  });

  it('refuses what it does not know', async () => {
    expect(await setup(['--only', 'cuda'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no step "cuda"'),
    });
    expect(await setup(['--fast'])).toMatchObject({ code: 2, stderr: expect.stringContaining('usage:') });
  });
});
