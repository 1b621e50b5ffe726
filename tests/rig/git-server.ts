import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { makeProject, writeFiles } from './project.js';
import { until } from './servers.js';

export interface GitServer {
  /** Ends in `/`. */
  readonly url: string;
  /** Makes a repository of a DVC project with these files, and one commit on `main`. */
  makeRepository(name: string, files: Readonly<Record<string, string>>): GitRepository;
  /** SIGKILL, with all that it serves just now. */
  kill(): Promise<void>;
  /** Again, on the same port, with the same repositories. */
  restart(): Promise<void>;
  stop(): void;
}

export interface GitRepository {
  readonly url: string;
  /** A clone in which a person works. */
  readonly clone: string;
  /** Writes files, commits and pushes them. */
  commit(files: Readonly<Record<string, string>>): string;
  git(...args: string[]): string;
}

/** A real git server on a loopback port: what hosts that share no file system get their code from. */
export async function startGit(): Promise<GitServer> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-git-')));
  const port = await freePort();
  const url = `git://127.0.0.1:${port}/`;
  let daemon: ChildProcess;
  const restart = async (): Promise<void> => {
    daemon = spawn(
      'git',
      [
        'daemon',
        '--reuseaddr',
        '--listen=127.0.0.1',
        `--port=${port}`,
        `--base-path=${base}`,
        '--export-all',
        '--enable=receive-pack',
      ],
      { stdio: 'ignore', detached: true },
    );
    daemon.unref();
    await until('the git server', () => {
      try {
        execFileSync('git', ['ls-remote', `${url}none`], { stdio: ['ignore', 'ignore', 'pipe'] });
        return true;
      } catch (error) {
        return !/unable to connect|refused/.test(String((error as { stderr?: Buffer }).stderr));
      }
    });
  };
  const kill = (): boolean => {
    if (daemon.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return false;
    return process.kill(-daemon.pid, 'SIGKILL');
  };
  await restart();
  return {
    url,
    async kill() {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      if (kill()) await ended;
    },
    restart,
    makeRepository(name, files) {
      execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(base, name)]);
      const clone = makeProject({ '.dvc/config': '', ...files });
      const git = (...args: string[]): string =>
        execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
          cwd: clone,
          // As the test has set it.
          env: process.env,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        }).trim();
      git('init', '--quiet', '--initial-branch=main');
      git('remote', 'add', 'origin', url + name);
      const commit = (changed: Readonly<Record<string, string>>): string => {
        writeFiles(clone, changed);
        git('add', '--all');
        git('commit', '--quiet', '-m', 'Change');
        git('push', '--quiet', 'origin', 'main');
        return git('rev-parse', 'HEAD');
      };
      commit({});
      return { url: url + name, clone, commit, git };
    },
    stop: () => void kill(),
  };
}
