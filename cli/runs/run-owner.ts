import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, openState, type ProcessIdentity } from '../../runner/project.js';
import type { RemoteTarget } from '../connection/target.js';

/** Which process looks after the project's run. A file that outlives its process means that the run was not ended in order. */
export class RunOwner {
  readonly #file: string;

  /**
   * @param state the project's `.reprise` folder
   * @param name of the file in it: a project has one run, and one sweep, at a time
   */
  constructor(state: string, name = 'owner.json') {
    this.#file = join(state, name);
  }

  take(): void {
    const beside = `${this.#file}.${process.pid}`;
    writeFileSync(beside, JSON.stringify(identify(process.pid)));
    renameSync(beside, this.#file);
  }

  /** The same, where a disk that takes nothing is no reason to end. */
  takeIfPossible(): void {
    try {
      this.take();
    } catch {
      // The run is known to its server.
    }
  }

  /** Ends the ownership of this process; another's stays. */
  leave(): void {
    if (this.#read()?.pid === process.pid) rmSync(this.#file, { force: true });
  }

  /** Pid of another live process that owns the run. */
  other(): number | undefined {
    const owner = this.#read();
    return owner && owner.pid !== process.pid && isAlive(owner) ? owner.pid : undefined;
  }

  /** True when some process, alive or not, has not ended its run. */
  present(): boolean {
    return this.#read() !== undefined;
  }

  #read(): ProcessIdentity | undefined {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as ProcessIdentity;
    } catch {
      return undefined;
    }
  }
}

/** Names the file of {@link openRunOf}: the project has a run on each server. */
export function openRunName({ address, namespace }: Pick<RemoteTarget, 'address' | 'namespace'>): string {
  const place = createHash('sha256').update(`${address}\n${namespace}`).digest('hex').slice(0, 16);
  return `open-run-${place}.json`;
}

/**
 * The project's run on a server of others needs no process of ours: who has last seen it open. Undefined where nothing may
 * be written.
 */
export async function openRunOf(
  root: string,
  server: Pick<RemoteTarget, 'address' | 'namespace'>,
): Promise<RunOwner | undefined> {
  const state = await openState(root).catch(() => undefined);
  return state === undefined ? undefined : new RunOwner(state, openRunName(server));
}
