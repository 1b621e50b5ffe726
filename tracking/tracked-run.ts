import { Worker } from 'node:worker_threads';
import type { JournalEntry, JournalHead } from './journal/entries.js';
import { JournalFolder } from './journal/journal-folder.js';
import { tryLock } from './journal/lock.js';
import { isThrough, pendingFolder } from './journal/pending.js';
import type { FromSender, SenderData } from './sending/sender-thread.js';
import type { ModelFile } from './mlmodel/mlflow-model.js';
import { LIMITS, type DatasetInput, type RunStatus } from './store/tracking-store.js';
import type { TrackingTarget } from './target.js';

export interface TrackedRunOptions {
  /** `.reprise/tracking`. */
  readonly state: string;
  readonly target: TrackingTarget;
  readonly head: Omit<JournalHead, 'uri' | 'startTime'>;
  readonly systemMetrics: boolean;
  /** Takes secrets out of what is written. */
  readonly redact: (text: string) => string;
  readonly onNotice: (message: string) => void;
}

export interface TrackingEnd {
  /** Runs of which something is not sent yet. */
  readonly unsent: number;
  readonly problem: string | undefined;
  readonly runId: string | undefined;
}

/**
 * A run of MLflow's. Whatever is told to it is a line on disk, written at once; a thread beside sends it. Nothing that goes
 * wrong with it is thrown: a training goes on without.
 */
export class TrackedRun {
  readonly #journal: JournalFolder;
  readonly #options: TrackedRunOptions;
  readonly #thread: Worker;
  /** Of each metric, the last step that is in the journal. */
  readonly #lastSteps = new Map<string, number>();
  #broken = false;

  private constructor(
    journal: JournalFolder,
    options: TrackedRunOptions,
    readonly release: () => void,
  ) {
    this.#journal = journal;
    this.#options = options;
    for (const entry of journal.entries())
      if (entry.op === 'metrics')
        for (const key of Object.keys(entry.values)) this.#lastSteps.set(key, entry.step);
    const { state, target, systemMetrics } = options;
    const workerData: SenderData = { state, target, journal: journal.path, systemMetrics };
    this.#thread = new Worker(new URL('./sending/sender-thread.js', import.meta.url), { workerData });
    this.#thread.unref();
    this.#thread.on('message', (message: FromSender) => {
      if (message.kind === 'notice') options.onNotice(message.message);
    });
    this.#thread.on('error', (error) => options.onNotice(`tracking has failed: ${error.message}`));
  }

  /**
   * Begins a run; or goes on with the key's run, when it was begun here and has not finished.
   *
   * @returns undefined when its journal cannot be written, which has been said
   */
  static async open(options: TrackedRunOptions): Promise<TrackedRun | undefined> {
    const { state, target, onNotice } = options;
    const tags = masked(options.head.tags, options.redact, LIMITS.tag);
    const head: JournalHead = { ...options.head, tags, uri: target.uri, startTime: Date.now() };
    try {
      const { journal, release } =
        (await takeUp(state, head)) ?? JournalFolder.create(pendingFolder(state), head);
      journal.mend();
      const run = new TrackedRun(journal, options, release);
      if (head.run !== 'latest') {
        run.#append({ op: 'tags', tags });
        run.#append({ op: 'status', status: 'RUNNING', time: Date.now() });
      }
      return run;
    } catch (error) {
      onNotice(`not tracked: ${state} cannot be written (${(error as Error).message})`);
      return undefined;
    }
  }

  params(values: Readonly<Record<string, string>>): void {
    this.#append({ op: 'params', params: masked(values, this.#options.redact, LIMITS.param) });
  }

  tags(values: Readonly<Record<string, string>>): void {
    this.#append({ op: 'tags', tags: masked(values, this.#options.redact, LIMITS.tag) });
  }

  /** What a metric has for this step or a later one already is left as it is: a training that goes on repeats its steps. */
  metrics(step: number, values: Readonly<Record<string, number>>): void {
    const fresh = Object.entries(values).filter(
      ([key, value]) => Number.isFinite(value) && step > (this.#lastSteps.get(key) ?? -1),
    );
    if (fresh.length === 0) return;
    for (const [key] of fresh) this.#lastSteps.set(key, step);
    this.#append({ op: 'metrics', time: Date.now(), step, values: Object.fromEntries(fresh) });
  }

  inputs(inputs: readonly DatasetInput[]): void {
    this.#append({ op: 'inputs', inputs });
  }

  /** @param file is copied at once, and may change afterwards */
  artifact(file: string, path: string): void {
    this.#quietly(() => this.#journal.append({ op: 'artifact', file: this.#journal.keepFile(file), path }));
  }

  /** Files of an MLflow model, by their paths in its folder: see `mlflowModel`. */
  model(files: Readonly<Record<string, ModelFile>>): void {
    // Last what makes a model of the folder.
    const sorted = Object.entries(files).sort(
      ([a], [b]) => Number(a === 'MLmodel') - Number(b === 'MLmodel'),
    );
    for (const [path, file] of sorted)
      if ('copyOf' in file) this.artifact(file.copyOf, `model/${path}`);
      else this.text(file.text, `model/${path}`);
  }

  /** An artifact that no file has. */
  text(text: string, path: string): void {
    this.#quietly(() => this.#journal.append({ op: 'artifact', file: this.#journal.keepText(text), path }));
  }

  /**
   * Waits until all is sent, or cannot be now.
   *
   * @param within milliseconds; what takes longer is left to the next occasion
   */
  async close(status: RunStatus | undefined, within: number): Promise<TrackingEnd> {
    if (status !== undefined) this.#append({ op: 'status', status, time: Date.now() });
    const late: TrackingEnd = { unsent: 1, problem: 'it took too long', runId: undefined };
    const thread = this.#thread;
    const end = await new Promise<TrackingEnd>((resolve) => {
      const timer = setTimeout(() => resolve(late), within);
      const settle = (found: TrackingEnd): void => {
        clearTimeout(timer);
        resolve(found);
      };
      thread.on('message', (message: FromSender) => {
        if (message.kind === 'done') settle(message);
      });
      thread.once('exit', () => settle({ ...late, problem: 'what sends has failed' }));
      thread.ref();
      thread.postMessage('finish');
    });
    await thread.terminate();
    this.#quietly(() => {
      if (end.unsent === 0 && isThrough(this.#journal)) this.#journal.remove();
      else this.release();
    });
    return end;
  }

  #append(entry: JournalEntry): void {
    this.#quietly(() => this.#journal.append(entry));
  }

  #quietly(write: () => void): void {
    if (this.#broken) return;
    try {
      write();
    } catch (error) {
      this.#broken = true;
      this.#options.onNotice(`tracking has ended: ${(error as Error).message}`);
    }
  }
}

/** Of the run that was begun here, and has not finished. */
async function takeUp(
  state: string,
  { key, uri, run }: JournalHead,
): Promise<{ readonly journal: JournalFolder; readonly release: () => void } | undefined> {
  if (run === 'latest') return undefined;
  const same = JournalFolder.list(pendingFolder(state)).find((journal) => {
    const head = journal.head();
    return head.key === key && head.uri === uri && head.run !== 'latest' && !isThrough(journal);
  });
  if (!same) return undefined;
  // Somebody who sends what was left may have it for a moment.
  for (let tries = 0; tries < 100; tries++) {
    const release = tryLock(same.lockFile);
    if (release) return { journal: same, release };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

function masked(
  values: Readonly<Record<string, string>>,
  redact: (text: string) => string,
  limit: number,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const text = redact(value);
      return [nameOf(key), text.length > limit ? `${text.slice(0, limit - 1)}…` : text];
    }),
  );
}

/** MLflow takes letters, digits, and `_-. :/` in names. */
export function nameOf(key: string): string {
  return key.replace(/[^\w\-. :/]/g, '_').slice(0, LIMITS.key);
}
