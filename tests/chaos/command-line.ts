import { spawn, type ChildProcess } from 'node:child_process';
import { EXECUTABLE } from '../rig/reprise.js';
import { markedProcesses, tryKill } from './marked-processes.js';

const MARK = 'CHAOS_CLI';

/** A person at a terminal, who gives the same command again until it succeeds. */
export class CommandLine {
  #child: ChildProcess | undefined;
  /** How often it was given, and what it said when it ended by itself and not well. */
  given = 0;
  readonly complaints: string[] = [];

  constructor(
    readonly id: string,
    readonly root: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  /** @param isLate asked now and then: whether it has had all the time that it may take */
  async untilDone(args: readonly string[], most: number, isLate: () => boolean): Promise<void> {
    for (let tries = 1; ; tries++) {
      const watch = setInterval(() => isLate() && this.killCommand(), 1000);
      const { code, said } = await this.#once(args).finally(() => clearInterval(watch));
      if (code === 0) return;
      if (isLate()) throw new Error(`reprise ${args.join(' ')} did not end: ${said}`);
      if (code !== null)
        this.complaints.push(`reprise ${args.join(' ')}: exit ${code}: ${said.slice(-1500)}`);
      if (tries >= most) throw new Error(`not done after ${tries} tries: ${this.complaints.at(-1)}`);
    }
  }

  /** The command, or something that it started: its worker's commands, the project's own server. */
  kill(choose: <T>(items: readonly T[]) => T | undefined): boolean {
    const pid = choose(this.processes());
    return pid !== undefined && tryKill(pid);
  }

  killCommand(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null && this.#child.kill('SIGKILL');
  }

  processes(): number[] {
    return markedProcesses(MARK, this.id);
  }

  #once(args: readonly string[]): Promise<{ code: number | null; said: string }> {
    this.given++;
    const child = spawn(process.execPath, [EXECUTABLE, ...args], {
      cwd: this.root,
      env: { ...process.env, TEMPORAL_ADDRESS: '', SHELL: '/bin/sh', ...this.env, [MARK]: this.id },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-5000)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    // What it started may hold the pipes open: the command is over when it has ended itself.
    return new Promise((resolve) =>
      child.once('exit', (code) => setTimeout(() => resolve({ code, said }), 100)),
    );
  }
}
