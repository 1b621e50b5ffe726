import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  LIMITS,
  StoreFailure,
  type FoundRun,
  type MetricPoint,
  type TrackingStore,
} from '../store/tracking-store.js';
import {
  JOURNAL_TAG,
  KEY_TAG,
  type JournalEntry,
  type JournalHead,
  type JournalProgress,
} from './entries.js';
import type { JournalFolder } from './journal-folder.js';

/** So long may it take from when a run is asked for until others see it. */
const SETTLED_MS = 2_000;

/**
 * Sends a journal to a store, from where it was left. What the store has already is asked first, after every failure, too:
 * so a kill or a lost answer makes neither a point twice nor leaves one out. A metric's points are written in the order of
 * their steps, and so what is not above the store's last step is there.
 */
export class JournalSender {
  #progress: JournalProgress;
  /** Of the store; undefined: not known. */
  #lastSteps: Map<string, number> | undefined;
  #step = 0;
  readonly #repeats: boolean;

  constructor(
    readonly journal: JournalFolder,
    readonly store: TrackingStore,
    /** What the store refused for good, and will not get. */
    readonly onRefused: (message: string) => void,
  ) {
    this.#progress = journal.progress();
    this.#repeats = journal.head().run === 'latest';
  }

  get runId(): string | undefined {
    return this.#progress.runId;
  }

  /**
   * All that is in the journal now.
   *
   * @returns the training's last step
   * @throws StoreFailure, transient
   */
  async send(): Promise<number> {
    try {
      const runId = await this.#run();
      for (;;) {
        const { entries } = this.journal.read(this.#progress.offset);
        if (entries.length === 0) return this.#step;
        await this.#sendEntries(runId, entries);
      }
    } catch (error) {
      this.#lastSteps = undefined;
      // The run was deleted, say: it gets another one.
      if (error instanceof StoreFailure && !error.transient && this.runId !== undefined)
        this.#setProgress({ offset: 0 });
      throw error;
    }
  }

  async #sendEntries(runId: string, entries: readonly { entry: JournalEntry; end: number }[]): Promise<void> {
    this.#lastSteps ??= new Map(await this.store.lastSteps(runId));
    let batch = new Batch();
    let end = this.#progress.offset;
    const flush = async (): Promise<void> => {
      const full = batch;
      batch = new Batch();
      if (!full.isEmpty) {
        await this.#unlessRefused(() => this.store.log(runId, full));
        for (const { key, step } of full.metrics) this.#lastSteps?.set(key, step);
      }
      if (end !== this.#progress.offset) this.#setProgress({ runId, offset: end });
    };
    for (const { entry, end: after } of entries) {
      switch (entry.op) {
        case 'metrics':
        case 'params':
        case 'tags': {
          const parts = this.#partsOf(entry, batch);
          for (const part of parts) {
            if (!batch.hasRoom(part)) await flush();
            batch.add(part);
          }
          end = after;
          break;
        }
        default:
          await flush();
          await this.#unlessRefused(() => this.#one(runId, entry));
          end = after;
          await flush();
      }
    }
    await flush();
  }

  async #one(
    runId: string,
    entry: Extract<JournalEntry, { op: 'inputs' | 'artifact' | 'version' | 'status' }>,
  ): Promise<void> {
    if (entry.op === 'inputs') return await this.store.logInputs(runId, entry.inputs);
    if (entry.op === 'version') return await this.store.putVersion(runId, entry.version);
    if (entry.op === 'artifact') {
      const file = this.journal.fileOf(entry.file);
      await this.store.putArtifact(runId, file, entry.path);
      rmSync(file, { force: true });
      return;
    }
    const { status, time } = entry;
    const { parent, experiment } = this.journal.head();
    if (parent && status === 'FINISHED') await this.#endParent(parent, experiment, time);
    await this.store.updateRun(runId, status === 'RUNNING' ? { status } : { status, endTime: time });
  }

  /** Of one entry, what one call may hold, and what the store does not have yet. */
  #partsOf(entry: Extract<JournalEntry, { op: 'metrics' | 'params' | 'tags' }>, batch: Batch): Part[] {
    if (entry.op !== 'metrics')
      return Object.entries(entry.op === 'params' ? entry.params : entry.tags).map(([key, value]) => ({
        [entry.op]: [[key, value]],
      }));
    const { step, time: timestamp } = entry;
    const values = Object.entries(entry.values);
    if (values.some(([key]) => key.startsWith('train/'))) this.#step = Math.max(this.#step, step);
    // An evaluation is made again for other rows, at the same step: the newer one counts.
    if (this.#repeats) return values.map(([key, value]) => ({ metrics: [{ key, value, step, timestamp }] }));
    const isNew = (key: string): boolean =>
      step > Math.max(this.#lastSteps?.get(key) ?? -1, batch.lastStep(key));
    return values
      .filter(([key]) => isNew(key))
      .map(([key, value]) => ({ metrics: [{ key, value, step, timestamp }] }));
  }

  /** What will be refused again and again must not keep the rest from being sent. */
  async #unlessRefused(send: () => Promise<void>): Promise<void> {
    try {
      await send();
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw new StoreFailure((error as Error).message, true, { cause: error }); // prettier-ignore
      if (error.transient) throw error;
      this.onRefused(error.message);
    }
  }

  async #run(): Promise<string> {
    const { runId } = this.#progress;
    if (runId !== undefined) return runId;
    const { journal, store } = this;
    const head = journal.head();
    const experimentId = await store.experiment(head.experiment);
    const found =
      (this.#progress.creating && (await store.findRun(experimentId, [JOURNAL_TAG, journal.id]))) ||
      (head.run !== 'new' && (await this.#others(experimentId, head)));
    if (found) {
      this.#setProgress({ runId: found.runId, offset: 0 });
      return found.runId;
    }
    const parent = head.parent && (await this.#parent(experimentId, head.parent));
    this.#setProgress({ offset: 0, creating: true });
    const made = await store.createRun({
      experimentId,
      name: head.name,
      startTime: head.startTime,
      tags: {
        ...head.tags,
        [head.keyTag ?? KEY_TAG]: head.key,
        [JOURNAL_TAG]: journal.id,
        ...(parent === undefined ? {} : { 'mlflow.parentRunId': parent }),
      },
    });
    // Nothing runs that would end it.
    if (head.run === 'latest') await store.updateRun(made, { status: 'FINISHED', endTime: head.startTime });
    this.#setProgress({ runId: made, offset: 0 });
    return made;
  }

  async #others(experimentId: string, { key, keyTag, run }: JournalHead): Promise<FoundRun | undefined> {
    const found = await this.store.findRun(experimentId, [keyTag ?? KEY_TAG, key]);
    return found && !(run === 'unfinished' && found.status === 'FINISHED') ? found : undefined;
  }

  /**
   * Its tag is another one than that of its parts, by which people look for them. Where hosts that share nothing but the server make it
   * at the same time, the older one is that of all.
   */
  async #parent(experimentId: string, { tag, name }: ParentRun): Promise<string> {
    const own = [`${tag[0]}_parent`, tag[1]] as const;
    const oldest = (): Promise<FoundRun | undefined> => this.store.findRun(experimentId, own, 'oldest');
    const found = await oldest();
    if (found) return found.runId;
    const tags = { [own[0]]: own[1] };
    const made = await this.store.createRun({ experimentId, name, startTime: Date.now(), tags });
    // One that began to be made before this one may be there later: who looked at once would each take its own.
    await sleep(SETTLED_MS);
    const first = await oldest();
    if (!first || first.runId === made) return made;
    await this.store.deleteRun(made);
    return first.runId;
  }

  /** Nobody says when the last part is through: it has ended when the newest one has. */
  async #endParent({ tag }: ParentRun, experiment: string, endTime: number): Promise<void> {
    const own = [`${tag[0]}_parent`, tag[1]] as const;
    const found = await this.store.findRun(await this.store.experiment(experiment), own, 'oldest');
    if (!found) return;
    // What was kept while a server was down is sent later than it was.
    const end = Math.max(endTime, found.startTime);
    await this.store.updateRun(found.runId, { status: 'FINISHED', endTime: end });
  }

  #setProgress(progress: JournalProgress): void {
    this.#progress = progress;
    this.journal.setProgress(progress);
  }
}

type ParentRun = NonNullable<JournalHead['parent']>;

/** One value, in the form of a batch. */
interface Part {
  readonly metrics?: readonly MetricPoint[];
  readonly params?: readonly (readonly [string, string])[];
  readonly tags?: readonly (readonly [string, string])[];
}

/** Up to what one call of log-batch takes. */
class Batch {
  readonly metrics: MetricPoint[] = [];
  readonly params: Record<string, string> = {};
  readonly tags: Record<string, string> = {};
  #params = 0;
  #tags = 0;
  readonly #last = new Map<string, number>();

  get isEmpty(): boolean {
    return this.metrics.length + this.#params + this.#tags === 0;
  }

  lastStep(key: string): number {
    return this.#last.get(key) ?? -1;
  }

  hasRoom({ metrics = [], params = [], tags = [] }: Part): boolean {
    const counts = [
      this.metrics.length + metrics.length,
      this.#params + params.length,
      this.#tags + tags.length,
    ];
    const [all, ofParams = 0, ofTags = 0] = [
      counts.reduce((sum, count) => sum + count, 0),
      ...counts.slice(1),
    ];
    return all <= LIMITS.metrics && ofParams <= LIMITS.params && ofTags <= LIMITS.tags;
  }

  add({ metrics = [], params = [], tags = [] }: Part): void {
    for (const point of metrics) {
      this.metrics.push(point);
      this.#last.set(point.key, point.step);
    }
    for (const [key, value] of params) this.params[key] = value;
    for (const [key, value] of tags) this.tags[key] = value;
    this.#params += params.length;
    this.#tags += tags.length;
  }
}
