import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReprise, type RepriseProcess } from './reprise.js';
import { until } from './servers.js';
import { hurry } from './training.js';

/** A machine: a folder of its own, and a worker that serves it. */
export class Host {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-host-')));
  #worker: RepriseProcess | undefined;

  async start(args: readonly string[], env: NodeJS.ProcessEnv): Promise<this> {
    const worker = startReprise(['worker', ...args], this.folder, env);
    this.#worker = worker;
    await until('the worker serves', () => worker.stdout().includes('queues'));
    return this;
  }

  /** The machine is gone, with all that ran on it. */
  lose(): void {
    this.#worker?.child.kill('SIGKILL');
    for (const process of this.#commands()) killGroup(process);
  }

  /** Its worker stands still, as one whose machine is swapped out; what it has started goes on. */
  pause(): void {
    this.#worker?.child.kill('SIGSTOP');
  }

  resume(): void {
    this.#worker?.child.kill('SIGCONT');
  }

  /** Whether a stage's command runs here. */
  get isBusy(): boolean {
    return this.#commands().some(isGroup);
  }

  /** What trains here has not to be waited for. */
  hurry(): void {
    for (const workspace of this.#workspaces()) hurry(workspace);
  }

  /** SIGTERM, as a cloud announces that it takes a machine back. */
  preempt(): void {
    this.#worker?.child.kill('SIGTERM');
  }

  /** Its worker has ended by itself. */
  async left(): Promise<number | null> {
    return (await this.#worker?.ended)?.code ?? null;
  }

  /** What it printed of a stage, in whichever run. */
  logOf(stage: string): string {
    const logs = join(this.folder, '.reprise/logs');
    const files = existsSync(logs) ? readdirSync(logs).map((run) => join(logs, run, `${stage}.log`)) : [];
    return files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('');
  }

  #workspaces(): string[] {
    const parent = join(this.folder, '.reprise/workspaces');
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  }

  /** Leaders of the process groups of the stages that run. */
  #commands(): number[] {
    return this.#workspaces().flatMap((workspace) => {
      const running = join(workspace, '.reprise/running');
      const stages = existsSync(running) ? readdirSync(running) : [];
      return stages.flatMap((stage) => {
        const file = join(running, stage, 'process.json');
        return existsSync(file) ? [(JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid] : [];
      });
    });
  }
}

function isGroup(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
