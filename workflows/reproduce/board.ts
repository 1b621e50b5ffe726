import {
  CancellationScope,
  condition,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  type SearchAttributes,
} from '@temporalio/workflow';
import type {
  SEARCH_ATTRIBUTES,
  Plan,
  RunMemo,
  RunState,
  StageError,
  StageProgress,
  StageState,
  StageSummary,
} from '../types.js';
import { ROWS, stageTable } from './stage-table.js';

type Change = Partial<Omit<StageState, 'address'>>;

const FINAL: ReadonlySet<StageState['status']> = new Set([
  'ran',
  'restored',
  'skipped',
  'failed',
  'blocked',
  'canceled',
]);

const DONE = ['ran', 'restored', 'skipped'] as const;
/** Of a run in which nothing runs. */
const UNFINISHED = ['pending', 'paused', 'waiting', 'scheduled'] as const;

/** So many failures are told in full; of more than these, one line each: a result has its limits. */
const FULL_ERRORS = 50;
const LINE = 300;
/** So many stages of a canceled run are kept where lists of runs are read from. */
const SUMMARIES = 500;
/** A memo's change is a history event. That of a run of more stages than this changes once a second, at most. */
const FEW = 100;
/** Bytes: the server takes 2 kB of a search attribute. */
const RUNNING_BYTES = 1_800;

/** What is known of every stage of one run: answers the `state` query, and keeps the UI's table and search attributes current. */
export class Board {
  #status: RunState['status'] = 'planning';
  #plan: Plan | undefined;
  readonly #stages = new Map<string, StageState>();
  readonly #positions = new Map<string, number>();
  /** Addresses by status: with ten thousand stages, nothing may look at each of them for each change. */
  readonly #byStatus = new Map<StageState['status'], Set<string>>();
  #gpuSeconds = 0;
  #gpuSecondsLost = 0;
  #shown = '';
  /** The memo's fields. */
  readonly #noted = new Map<string, string>();
  #notedAt = 0;
  #isStale = false;

  /** @param targets what the run was asked for */
  constructor(readonly targets: readonly string[]) {}

  /** @param carried what earlier parts of this run have come to */
  planned(plan: Plan, carried: ReadonlyMap<string, StageSummary>): void {
    this.#plan = plan;
    this.#status = 'running';
    for (const { address, queue, upToDate } of plan.stages) {
      const {
        outcome,
        attempts = 0,
        error,
        hosts,
        gpuSeconds,
        gpuSecondsLost = 0,
      } = carried.get(address) ?? {};
      this.#positions.set(address, this.#positions.size);
      this.#set({
        address,
        status: outcome ?? (upToDate ? 'skipped' : 'pending'),
        queue,
        attempt: attempts,
        ...(gpuSeconds === undefined ? {} : { usage: { gpuSeconds, gpuSecondsLost, gpuSecondsUnsaved: 0 } }),
        ...(error ? { error } : {}),
        ...(hosts ? { hosts } : {}),
      });
    }
    this.#publish();
    void CancellationScope.nonCancellable(() => this.#keepPublished());
  }

  change(address: string, change: Change): void {
    const before = this.#stages.get(address);
    if (!before) return;
    const { error } = change;
    this.#set({ ...before, ...change, ...(error ? { error: this.#bounded(error) } : {}) });
    this.#isStale = true;
  }

  #set(stage: StageState): void {
    const { address, status, usage } = stage;
    const before = this.#stages.get(address);
    this.#stages.set(address, stage);
    this.#gpuSeconds += (usage?.gpuSeconds ?? 0) - (before?.usage?.gpuSeconds ?? 0);
    this.#gpuSecondsLost += (usage?.gpuSecondsLost ?? 0) - (before?.usage?.gpuSecondsLost ?? 0);
    if (before?.status === status) return;
    if (before) this.#with(before.status).delete(address);
    this.#with(status).add(address);
  }

  #with(status: StageState['status']): Set<string> {
    const known = this.#byStatus.get(status) ?? new Set();
    this.#byStatus.set(status, known);
    return known;
  }

  #bounded(error: StageError): StageError {
    if (this.#with('failed').size < FULL_ERRORS) return error;
    return { code: error.code, message: error.message.split('\n', 1).join('').slice(0, LINE) };
  }

  /** Its time counts from here, also when it is interrupted and begins again. */
  begin(address: string): void {
    this.change(address, { startedAt: this.#stages.get(address)?.startedAt ?? Date.now() });
  }

  progressed(progress: StageProgress): void {
    const before = this.#stages.get(progress.address);
    if (!before || FINAL.has(before.status) || before.status === 'paused') return;
    const { waitingFor: _, ...rest } = before;
    this.#set({
      ...rest,
      status: 'running',
      startedAt: before.startedAt ?? Date.now(),
      progress,
      hosts: withLast(before.hosts, progress.host),
    });
    this.#isStale = true;
  }

  /** Where a stage ran, so that its log is found. */
  ranOn(address: string, host: string | undefined): void {
    const before = this.#stages.get(address);
    if (before && host !== undefined) this.#set({ ...before, hosts: withLast(before.hosts, host) });
  }

  finished(status: RunState['status']): void {
    this.#status = status;
    this.#publish();
  }

  get(address: string): StageState | undefined {
    return this.#stages.get(address);
  }

  state(): RunState {
    return {
      status: this.#status,
      ...(this.#plan ? { project: this.#plan.project } : {}),
      stages: [...this.#stages.values()],
    };
  }

  get isUnfinished(): boolean {
    return UNFINISHED.some((status) => this.#with(status).size > 0);
  }

  summaries(stages: Iterable<StageState> = this.#stages.values()): StageSummary[] {
    return [...stages].map(({ address, status, startedAt, finishedAt, attempt, error, usage, hosts }) => ({
      address,
      outcome: FINAL.has(status) ? (status as StageSummary['outcome']) : 'canceled',
      seconds: startedAt !== undefined && finishedAt !== undefined ? (finishedAt - startedAt) / 1000 : 0,
      attempts: attempt,
      ...(error ? { error } : {}),
      ...(usage && usage.gpuSeconds > 0
        ? { gpuSeconds: usage.gpuSeconds, gpuSecondsLost: usage.gpuSecondsLost }
        : {}),
      ...(hosts ? { hosts } : {}),
    }));
  }

  /** Once for all that changes at a time: conditions are looked at when nothing else can go on. */
  async #keepPublished(): Promise<void> {
    for (;;) {
      await condition(() => this.#isStale);
      this.#publish();
    }
  }

  #publish(): void {
    this.#isStale = false;
    const rows = this.#mostUrgent(ROWS);
    setCurrentDetails(stageTable(this.#plan?.project ?? 'reprise', this.#status, rows, this.#stages.size));
    this.#note();
    if (!this.#plan?.searchAttributes) return;
    const attributes: Record<keyof typeof SEARCH_ATTRIBUTES, string[] | number[]> = {
      RepriseProject: [this.#plan.project],
      RepriseStage: this.#running(),
      RepriseStatus: [this.#status],
      RepriseGpuSeconds: [this.#gpuSeconds],
      RepriseGpuSecondsLost: [this.#gpuSecondsLost],
    };
    // Each upsert is a history event: only when something in it changed.
    const shown = JSON.stringify(attributes);
    if (shown === this.#shown) return;
    this.#shown = shown;
    upsertSearchAttributes(attributes as SearchAttributes);
  }

  /** Lists show how far a run is without asking it. Each change is a history event: only what a list shows. */
  #note(): void {
    if (!this.#plan) return;
    const { size } = this.#stages;
    const now = Date.now();
    if (this.#status === 'running' && size > FEW && now - this.#notedAt < 1000) return;
    this.#notedAt = now;
    const done = DONE.reduce((sum, status) => sum + this.#with(status).size, 0);
    const memo: RunMemo = {
      project: this.#plan.project,
      targets: this.targets,
      stages: `${done}/${size}`,
      ...(this.#status === 'canceled' ? { summary: this.summaries(this.#mostUrgent(SUMMARIES)) } : {}),
    };
    // What is left out stays as it is: thousands of targets, sent with each change, would be most of the history.
    const changed = Object.entries(memo).filter(
      ([field, value]) => this.#noted.get(field) !== JSON.stringify(value),
    );
    if (changed.length === 0) return;
    for (const [field, value] of changed) this.#noted.set(field, JSON.stringify(value));
    upsertMemo(Object.fromEntries(changed));
  }

  /** Those that fit. */
  #running(): string[] {
    const running = this.#inOrder([...this.#with('running')]);
    let bytes = 0;
    return running.filter(
      (address) => (bytes += new TextEncoder().encode(address).length + 3) <= RUNNING_BYTES,
    );
  }

  #inOrder(addresses: readonly string[]): string[] {
    const at = (address: string): number => this.#positions.get(address) ?? 0;
    return [...addresses].sort((a, b) => at(a) - at(b));
  }

  /** All, or those that a person has to know of, in plan order. */
  #mostUrgent(limit: number): readonly StageState[] {
    const chosen: string[] = [];
    for (const status of URGENCY)
      for (const address of this.#with(status)) {
        if (chosen.length >= limit) break;
        chosen.push(address);
      }
    return this.#inOrder(chosen).flatMap((address) => this.#stages.get(address) ?? []);
  }
}

const URGENCY: readonly StageState['status'][] = [
  'failed',
  'running',
  'waiting',
  'paused',
  'scheduled',
  'canceled',
  'blocked',
  'pending',
  'ran',
  'restored',
  'skipped',
];

function withLast(hosts: readonly string[] = [], host: string): readonly string[] {
  return hosts.at(-1) === host ? hosts : [...hosts, host];
}
