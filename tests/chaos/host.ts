import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXECUTABLE } from '../rig/reprise.js';
import { markedProcesses, tryKill } from './marked-processes.js';

/** Whether a file system of its own may be mounted for a process. */
export const canMount =
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0;

const CLOCK = new URL('clock.mjs', import.meta.url).href;
const MARK = 'CHAOS_HOST';

export interface HostOptions {
  readonly id: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Size of a disk that it loses with the machine, as `tmpfs` takes it; absent: a folder, which stays. */
  readonly disk?: string;
}

/** A machine: a folder, a worker that serves it, and what the worker runs. */
export class Host {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-host-')));
  readonly #clock = join(mkdtempSync(join(tmpdir(), 'reprise-clock-')), 'offset');
  #worker: ChildProcess | undefined;
  #output = '';
  /** It must be left alone until this is over. */
  busy = false;
  /** What workers said that ended though nobody had ended them. */
  readonly complaints: string[] = [];
  #isWanted = false;

  constructor(readonly options: HostOptions) {}

  get id(): string {
    return this.options.id;
  }

  get isUp(): boolean {
    return this.#worker !== undefined && this.#worker.exitCode === null && this.#worker.signalCode === null;
  }

  /** The last of what its workers printed. */
  get output(): string {
    return this.#output.slice(-4000);
  }

  start(): void {
    const { id, args, env, disk } = this.options;
    const worker = [process.execPath, EXECUTABLE, 'worker', '--host-id', id, '--project', '.', ...args];
    const mounted = `mount -t tmpfs -o size=${disk} tmpfs "$1" && cd "$1" && shift && exec "$@"`;
    const [file, ...rest] =
      disk === undefined ? worker : ['unshare', '-rm', 'sh', '-c', mounted, 'sh', this.folder, ...worker];
    const child = spawn(file as string, rest, {
      cwd: this.folder,
      env: {
        ...process.env,
        SHELL: '/bin/sh',
        ...env,
        NODE_OPTIONS: `--import ${CLOCK}`,
        CHAOS_CLOCK: this.#clock,
        [MARK]: id,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: string): void => {
      this.#output += text;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    this.#worker = child;
    this.#isWanted = true;
    const from = this.#output.length;
    // As the host's init would: one that finds no server when it starts says so and ends.
    child.once('exit', (code) => {
      if (!this.#isWanted || this.#worker !== child) return;
      this.complaints.push(`${id}: exit ${code}: ${this.#output.slice(from).trim().slice(-1000)}`);
      setTimeout(() => this.#isWanted && this.#worker === child && this.start(), 1000);
    });
  }

  /** SIGKILL of the worker alone: the commands that it runs stay, as orphans. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** The machine is gone, with all that runs on it. */
  async lose(): Promise<void> {
    await this.#end('SIGKILL');
    for (const pid of this.processes()) tryKill(pid);
  }

  /** SIGTERM, as a cloud announces that it takes a machine back. */
  async preempt(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** One of the processes that it runs, but not the worker. */
  killChild(choose: <T>(items: readonly T[]) => T | undefined): boolean {
    const pid = choose(this.processes().filter((candidate) => candidate !== this.#worker?.pid));
    return pid !== undefined && tryKill(pid);
  }

  setClock(offset: number): void {
    writeFileSync(this.#clock, String(offset));
  }

  /** Leaves no byte free on its own disk for a while. */
  async fillDisk(milliseconds: number): Promise<boolean> {
    if (this.options.disk === undefined || !this.isUp) return false;
    // Its disk is mounted for its own processes alone.
    const folder = `/proc/${this.#worker?.pid}/root${this.folder}`;
    const ballast = join(folder, 'ballast');
    try {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    } catch {
      // Another write was faster, or the host is gone: as full as it gets.
    }
    await sleep(milliseconds);
    rmSync(ballast, { force: true });
    return true;
  }

  /** All that was started on it, and still runs. */
  processes(): number[] {
    return markedProcesses(MARK, this.id);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const worker = this.#worker;
    this.#isWanted = false;
    if (!worker || !this.isUp) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill(signal);
    await ended;
  }
}
