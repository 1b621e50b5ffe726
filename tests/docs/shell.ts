import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { EXECUTABLE } from '../rig/reprise.js';
import { until } from '../rig/servers.js';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A reader's shell: runs lines of the pages as they stand there, but for what each reader puts in. */
export class Shell {
  readonly #running = new Set<ChildProcess>();
  readonly #env: NodeJS.ProcessEnv;
  /** Every line that was run, as the page has it. */
  readonly ran: string[] = [];

  /** @param replace what a page says → what is here */
  constructor(
    readonly cwd: string,
    env: NodeJS.ProcessEnv,
    private readonly replace: Readonly<Record<string, string>> = {},
  ) {
    const bin = mkdtempSync(join(tmpdir(), 'reprise-bin-'));
    symlinkSync(EXECUTABLE, join(bin, 'reprise'));
    const temporal = process.env['TEMPORAL_CLI_PATH'];
    if (temporal) symlinkSync(temporal, join(bin, 'temporal'));
    this.#env = {
      ...process.env,
      SHELL: '/bin/sh',
      NODE_OPTIONS: '',
      ...env,
      PATH: [bin, process.env['PATH']].join(delimiter),
    };
  }

  /** Runs a line to its end. */
  async run(line: string, more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const { child, output } = this.#start(line, more);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    this.#running.delete(child);
    return { code, output: output() };
  }

  /** Starts a line that goes on, until it says what it says when it is ready. */
  async serve(
    line: string,
    ready: RegExp,
    more: Readonly<Record<string, string>> = {},
  ): Promise<RegExpExecArray> {
    const { child, output } = this.#start(line, more);
    return await until(`${line} says ${ready}`, () => {
      if (child.exitCode !== null) throw new Error(`${line} ended with ${child.exitCode}: ${output()}`);
      return ready.exec(output()) ?? undefined;
    });
  }

  /** Ends what goes on. */
  async end(): Promise<void> {
    for (const child of this.#running) {
      const closed = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      process.kill(-child.pid, 'SIGTERM');
      const killed = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 20_000);
      await closed;
      clearTimeout(killed);
    }
    this.#running.clear();
  }

  #start(
    line: string,
    more: Readonly<Record<string, string>>,
  ): { child: ChildProcess; output: () => string } {
    this.ran.push(line);
    const here = Object.entries({ ...this.replace, ...more }).reduce(
      (text, [said, is]) => text.replaceAll(said, is),
      line,
    );
    const child = spawn('sh', ['-c', here], {
      cwd: this.cwd,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#running.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    return { child, output: () => text };
  }
}
