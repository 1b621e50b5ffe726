import { join } from 'node:path';
import { JournalFolder } from '../journal/journal-folder.js';
import { JournalSender } from '../journal/send-journal.js';
import { lock, tryLock } from '../journal/lock.js';
import { isThrough, isUnsent, pendingFolder } from '../journal/pending.js';
import type { TrackingStore } from '../store/tracking-store.js';

/** A journal that this process sends. */
interface Open {
  readonly sender: JournalSender;
  readonly release: () => void;
}

export interface OutboxOptions {
  /** `.reprise/tracking`. */
  readonly state: string;
  readonly uri: string;
  readonly store: TrackingStore;
  readonly onRefused: (message: string) => void;
}

/** The journals of a project that go to one store: sent in the order in which they were begun, each by one process. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #open = new Map<string, Open>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * All that is in the journals now. Those that are through are removed.
   *
   * @param own of a run of this process, which has its lock: it is first, and stays
   * @throws StoreFailure, transient
   */
  async send(own?: JournalFolder): Promise<{ readonly step: number; readonly runId: string | undefined }> {
    const step = own ? await this.#sendOne(own, true) : 0;
    for (const journal of this.#others(own)) await this.#sendOne(journal, false);
    return { step, runId: own && this.#open.get(own.path)?.sender.runId };
  }

  /** What is not sent yet, this process's own included. */
  unsent(): number {
    return this.#journals().filter((journal) => isUnsent(journal)).length;
  }

  /** Of what goes to other stores, and waits: URI → how many runs. */
  elsewhere(): ReadonlyMap<string, number> {
    const { state, uri } = this.#options;
    const counts = new Map<string, number>();
    for (const journal of JournalFolder.list(pendingFolder(state))) {
      const to = journal.head().uri;
      if (to !== uri && isUnsent(journal)) counts.set(to, (counts.get(to) ?? 0) + 1);
    }
    return counts;
  }

  close(): void {
    for (const { release } of this.#open.values()) release();
    this.#open.clear();
  }

  async #sendOne(journal: JournalFolder, stays: boolean): Promise<number> {
    const open = this.#open.get(journal.path) ?? this.#take(journal, stays);
    // Another process sends it.
    if (!open) return 0;
    const { sender } = open;
    // Two trials at once would make an experiment, or their sweep's run, twice.
    const creating =
      sender.runId === undefined ? await lock(join(this.#options.state, 'creating')) : undefined;
    try {
      const step = await sender.send();
      if (!stays) {
        this.#open.delete(journal.path);
        if (isThrough(journal)) journal.remove();
        else open.release();
      }
      return step;
    } finally {
      creating?.();
    }
  }

  #take(journal: JournalFolder, isOurs: boolean): Open | undefined {
    const release = isOurs ? () => undefined : tryLock(journal.lockFile);
    if (!release) return undefined;
    const open = {
      sender: new JournalSender(journal, this.#options.store, this.#options.onRefused),
      release,
    };
    this.#open.set(journal.path, open);
    return open;
  }

  #journals(): JournalFolder[] {
    const { state, uri } = this.#options;
    return JournalFolder.list(pendingFolder(state)).filter((journal) => journal.head().uri === uri);
  }

  #others(own: JournalFolder | undefined): JournalFolder[] {
    return this.#journals().filter((journal) => journal.path !== own?.path && isUnsent(journal));
  }
}
