import type { PlannedStage, Workspace } from '../types.js';
import { short } from './activities.js';
import type { Ledger } from './ledger.js';
import type { LockOrder } from './lock-order.js';

/**
 * Writes dvc.lock in place. Entries that come while a commit is under way are written together by the next one, and
 * {@link commit} returns once its entry is on disk: what a killed run had finished stays finished.
 */
export class LockWriter implements Ledger {
  readonly #waiting = new Map<string, Record<string, string>>();
  #tail: Promise<void> = Promise.resolve();

  constructor(
    readonly workspace: Workspace,
    readonly order: LockOrder,
  ) {}

  commit(stage: PlannedStage, entry: string): Promise<void> {
    const batch = this.#waiting.get(stage.dvcfile);
    if (batch) batch[stage.name] = entry;
    else this.#waiting.set(stage.dvcfile, { [stage.name]: entry });
    const done = this.#tail.then(() => this.#write(stage.dvcfile));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** They are in dvc.lock, and in the same folder. */
  inputsOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  isAdded(stage: Pick<PlannedStage, 'address'>): boolean {
    return this.order.isAdded(stage);
  }

  async close(): Promise<undefined> {
    await this.#tail;
  }

  async #write(dvcfile: string): Promise<void> {
    const entries = this.#waiting.get(dvcfile);
    if (!entries) return;
    this.#waiting.delete(dvcfile);
    await short.commitLock({ workspace: this.workspace, ...this.order.place(dvcfile, entries) });
  }
}
