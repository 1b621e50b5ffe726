import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../infra/locate/index.js';
import { RunFolder, isAlive } from '../../runner/project.js';
import { hostIdOf } from '../../workers/host/host-id.js';
import type { Workers, WorkersOptions } from '../../workers/index.js';
import { breakLock, readHolder, tryLock, type Session } from '../connection/index.js';

export interface ServingOptions {
  readonly session: Session;
  /** Folder that is served. */
  readonly root: string;
  /**
   * The project's `.reprise` folder, when its own server is used: then one of its processes has the workers at a time, so that
   * slots and GPUs are counted once. Absent: any number of workers may poll a server of others.
   */
  readonly state?: string;
  readonly workers?: Pick<WorkersOptions, 'labels' | 'slots' | 'hostId' | 'version' | 'repositories'>;
  /** Where the SDK's warnings go. Default: stderr. */
  readonly logFile?: string;
}

/** How long the command of a killed worker may take to save a checkpoint and leave. */
const LEFTOVER_GRACE_SECONDS = 30;

const lockIn = (state: string): string => join(state, 'workers.lock');

/** The workers that a command runs in its own process. */
export class Serving {
  readonly #lock: string | undefined;
  #workers: Workers | undefined;
  #running: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(readonly options: ServingOptions) {
    this.#lock = options.state && lockIn(options.state);
  }

  /**
   * Loads what workers need while the server starts, which is another process; unless somebody seems to have them already.
   *
   * @param state the project's `.reprise` folder
   */
  static prepare(state: string): void {
    // What is wrong with it is told by `ensure`.
    if (!existsSync(lockIn(state))) void import('../../workers/index.js').catch(() => undefined);
  }

  get isServing(): boolean {
    return this.#workers !== undefined;
  }

  /**
   * Starts the workers unless another live process has them; when that one dies, a later call takes its place.
   *
   * @returns the workers, when this call started them
   * @throws whatever ended the workers since
   */
  async ensure(): Promise<Workers | undefined> {
    if (this.#failure) throw this.#failure;
    if (this.#workers || !this.#take()) return undefined;
    const { session, root, workers, logFile } = this.options;
    try {
      // Commands of a killed process still write to the outs of stages that may be run anew at any moment.
      if (this.#lock !== undefined) await RunFolder.endLeftovers(root, LEFTOVER_GRACE_SECONDS);
      // Their library takes longer to load than a client needs for all it does: most commands serve nothing.
      const { createWorkers } = await import('../../workers/index.js');
      (await import('./worker-runtime.js')).installRuntime(logFile);
      this.#workers = await createWorkers({
        connection: await session.connectWorker(),
        namespace: session.namespace,
        projectRoot: root,
        executable: join(packageRoot(), 'bin', 'reprise'),
        runAddress: (workflowId, runId) => session.runAddress(workflowId, runId),
        ...workers,
      });
    } catch (error) {
      this.#giveBack();
      throw error;
    }
    this.#running = this.#workers.run().catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    });
    return this.#workers;
  }

  /** What a killed process of this host held is given back, so that nobody waits for a timeout. */
  async takeOver(workflowId: string): Promise<void> {
    const { session, root, workers } = this.options;
    const { releaseLost } = await import('../../workers/index.js');
    await releaseLost(session.client, workflowId, await hostIdOf(root, workers?.hostId));
  }

  /** Ends what runs, which may save a checkpoint first, and leaves the rest to the next worker. */
  async drain(): Promise<void> {
    if (!this.#workers) return;
    this.#workers.shutdown();
    await this.#running;
    this.#workers = undefined;
    this.#giveBack();
  }

  #take(): boolean {
    if (this.#lock === undefined || tryLock(this.#lock)) return true;
    const holder = readHolder(this.#lock);
    if (!holder || isAlive(holder)) return false;
    breakLock(this.#lock, holder);
    return tryLock(this.#lock);
  }

  #giveBack(): void {
    if (this.#lock !== undefined) rmSync(this.#lock, { force: true });
  }
}
