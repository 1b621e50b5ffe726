import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addressName } from './address-name.js';
import { endGroup } from './command/process-group.js';
import { identify, isAlive, type ProcessIdentity } from './command/process-identity.js';

/** `.reprise/`: what a run keeps beside the project. Nothing in it is for git, and DVC passes over it. */
export async function openState(root: string): Promise<string> {
  const folder = join(root, '.reprise');
  await mkdir(folder, { recursive: true });
  if (existsSync(join(folder, '.gitignore'))) return folder;
  try {
    writeFileSync(join(folder, '.gitignore'), '/*\n!/config.yaml\n!/.gitignore\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return folder;
}

/** A stage's command, and the worker that started it. */
interface Running extends ProcessIdentity {
  readonly worker?: ProcessIdentity | undefined;
}

/** Where one execution of a stage reports while it runs. */
export class RunFolder {
  #own: ProcessIdentity | undefined;

  private constructor(readonly path: string) {}

  /** Ends the commands of this project whose worker is gone, all at once: nobody else may come to run their stages again. */
  static async endLeftovers(root: string, graceSeconds: number): Promise<void> {
    const names = await readdir(join(root, '.reprise', 'running')).catch(() => []);
    await Promise.all(
      names.map(async (name) => {
        const folder = new RunFolder(join(root, '.reprise', 'running', name));
        const worker = folder.#leader()?.worker;
        if (worker && !isAlive(worker)) await folder.endLeftover(graceSeconds);
      }),
    );
  }

  static async open(root: string, address: string): Promise<RunFolder> {
    const state = await openState(root);
    const path = join(state, 'running', addressName(address));
    await mkdir(path, { recursive: true });
    return new RunFolder(path);
  }

  get progressFile(): string {
    return join(this.path, 'progress.jsonl');
  }

  /**
   * A worker that was killed leaves its command behind, still writing to the stage's outs. It is ended before the stage is
   * run again; it may use the time to save a checkpoint.
   */
  async endLeftover(graceSeconds: number): Promise<boolean> {
    const leader = this.#leader();
    if (!leader) return false;
    await endGroup(leader, graceSeconds, (pid) => this.#started(pid));
    this.clear();
    return true;
  }

  record(leader: ProcessIdentity): void {
    this.#own = leader;
    const running: Running = { ...leader, worker: identify(process.pid) };
    writeFileSync(this.#leaderFile, JSON.stringify(running));
  }

  /** Small files of ours: a look at each takes less than to wait for another thread to do it. */
  clear(): void {
    for (const file of [this.#leaderFile, this.progressFile])
      if (existsSync(file)) rmSync(file, { force: true });
  }

  /** At the end: another attempt may have the folder by now, whose files are not ours. */
  leave(): void {
    const [leader, own] = [this.#leader(), this.#own];
    if (leader?.pid === own?.pid && leader?.started === own?.started) this.clear();
  }

  get #leaderFile(): string {
    return join(this.path, 'process.json');
  }

  #started(pid: number): boolean {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .includes(`REPRISE_PROGRESS=${this.progressFile}`);
    } catch {
      return false;
    }
  }

  #leader(): Running | undefined {
    try {
      return JSON.parse(readFileSync(this.#leaderFile, 'utf8')) as Running;
    } catch {
      return undefined;
    }
  }
}
