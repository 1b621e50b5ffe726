import { CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import type { PlannedStage, Workspace } from '../types.js';
import { short } from './activities.js';
import type { Ledger } from './ledger.js';
import type { LockOrder } from './lock-order.js';

/** Entries that are to be written together. */
interface Batch {
  readonly entries: Record<string, string>;
  /** Whether somebody waits for the one or the other. */
  readonly isAwaited: (() => boolean)[];
}

/** How long after a commit the next one may wait for more entries. */
const SPARING_MS = 1_000;

/**
 * Writes dvc.lock in place. Entries that come while a commit is under way are written together by the next one, and
 * {@link commit} returns once its entry is on disk: what a killed run had finished stays finished.
 */
export class LockWriter implements Ledger {
  readonly #waiting = new Map<string, Batch>();
  readonly #writtenAt = new Map<string, number>();
  readonly #isSparing: boolean;
  #tail: Promise<void> = Promise.resolve();

  /** @param isLarge a commit for each stage would be most of the history, and of what the server does */
  constructor(
    readonly workspace: Workspace,
    readonly order: LockOrder,
    isLarge: boolean,
  ) {
    this.#isSparing = isLarge && patched('sparing-commits');
  }

  commit(stage: PlannedStage, entry: string, isAwaited = () => true): Promise<void> {
    const batch = this.#waiting.get(stage.dvcfile) ?? { entries: {}, isAwaited: [] };
    this.#waiting.set(stage.dvcfile, batch);
    batch.entries[stage.name] = entry;
    batch.isAwaited.push(isAwaited);
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
    const batch = this.#waiting.get(dvcfile);
    if (!batch) return;
    if (this.#isSparing) await this.#untilDue(dvcfile, batch);
    this.#waiting.delete(dvcfile);
    const input = { workspace: this.workspace, ...this.order.place(dvcfile, batch.entries) };
    if (!this.#isSparing) return await short.commitLock(input);
    // What has waited is not to be lost to a cancellation.
    await CancellationScope.nonCancellable(() => short.commitLock(input));
    this.#writtenAt.set(dvcfile, Date.now());
  }

  async #untilDue(dvcfile: string, { isAwaited }: Batch): Promise<void> {
    const wait = (this.#writtenAt.get(dvcfile) ?? 0) + SPARING_MS - Date.now();
    if (wait <= 0) return;
    try {
      await condition(() => isAwaited.some((one) => one()), wait);
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }
}
