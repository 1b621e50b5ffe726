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
  StageProgress,
  StageState,
  StageSummary,
} from '../types.js';

type Change = Partial<Omit<StageState, 'address'>>;

const FINAL: ReadonlySet<StageState['status']> = new Set([
  'ran',
  'restored',
  'skipped',
  'failed',
  'blocked',
  'canceled',
]);

const DONE: ReadonlySet<StageState['status']> = new Set(['ran', 'restored', 'skipped']);

/** What is known of every stage of one run: answers the `state` query, and keeps the UI's table and search attributes current. */
export class Board {
  #status: RunState['status'] = 'planning';
  #plan: Plan | undefined;
  readonly #stages = new Map<string, StageState>();
  #shown = '';
  #noted = '';
  #isStale = false;

  /** @param targets what the run was asked for */
  constructor(readonly targets: readonly string[]) {}

  /** @param carried addresses that an earlier part of this run has done */
  planned(plan: Plan, carried: ReadonlySet<string>): void {
    this.#plan = plan;
    this.#status = 'running';
    for (const stage of plan.stages) {
      this.#stages.set(stage.address, {
        address: stage.address,
        status: stage.upToDate || carried.has(stage.address) ? 'skipped' : 'pending',
        queue: stage.queue,
        attempt: 0,
      });
    }
    this.#publish();
    void CancellationScope.nonCancellable(() => this.#keepPublished());
  }

  change(address: string, change: Change): void {
    const before = this.#stages.get(address);
    if (!before) return;
    this.#stages.set(address, { ...before, ...change });
    this.#isStale = true;
  }

  /** Its time counts from here, also when it is interrupted and begins again. */
  begin(address: string): void {
    this.change(address, { startedAt: this.#stages.get(address)?.startedAt ?? Date.now() });
  }

  progressed(progress: StageProgress): void {
    const before = this.#stages.get(progress.address);
    if (!before || FINAL.has(before.status) || before.status === 'paused') return;
    const { waitingFor: _, ...rest } = before;
    this.#stages.set(progress.address, {
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
    if (before && host !== undefined)
      this.#stages.set(address, { ...before, hosts: withLast(before.hosts, host) });
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

  summaries(): StageSummary[] {
    return [...this.#stages.values()].map(
      ({ address, status, startedAt, finishedAt, attempt, error, usage, hosts }) => ({
        address,
        outcome: FINAL.has(status) ? (status as StageSummary['outcome']) : 'canceled',
        seconds: startedAt !== undefined && finishedAt !== undefined ? (finishedAt - startedAt) / 1000 : 0,
        attempts: attempt,
        ...(error ? { error } : {}),
        ...(usage && usage.gpuSeconds > 0
          ? { gpuSeconds: usage.gpuSeconds, gpuSecondsLost: usage.gpuSecondsLost }
          : {}),
        ...(hosts ? { hosts } : {}),
      }),
    );
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
    setCurrentDetails(this.#markdown());
    this.#note();
    if (!this.#plan?.searchAttributes) return;
    const running = [...this.#stages.values()]
      .filter((stage) => stage.status === 'running')
      .map((stage) => stage.address);
    const total = (key: 'gpuSeconds' | 'gpuSecondsLost'): number =>
      [...this.#stages.values()].reduce((sum, { usage }) => sum + (usage?.[key] ?? 0), 0);
    const attributes: Record<keyof typeof SEARCH_ATTRIBUTES, string[] | number[]> = {
      RepriseProject: [this.#plan.project],
      RepriseStage: running,
      RepriseStatus: [this.#status],
      RepriseGpuSeconds: [total('gpuSeconds')],
      RepriseGpuSecondsLost: [total('gpuSecondsLost')],
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
    const stages = [...this.#stages.values()];
    const done = stages.filter(({ status }) => DONE.has(status)).length;
    const memo: RunMemo = {
      project: this.#plan.project,
      targets: this.targets,
      stages: `${done}/${stages.length}`,
      ...(this.#status === 'canceled' ? { summary: this.summaries() } : {}),
    };
    const noted = JSON.stringify(memo);
    if (noted === this.#noted) return;
    this.#noted = noted;
    upsertMemo({ ...memo });
  }

  #markdown(): string {
    const stages = [...this.#stages.values()];
    const rows = mostUrgent(stages).map((stage) => {
      const { progress, startedAt, finishedAt } = stage;
      const seconds =
        startedAt !== undefined && finishedAt !== undefined
          ? `${((finishedAt - startedAt) / 1000).toFixed(1)} s`
          : '';
      return `| ${stage.address} | ${stage.status} | ${stage.queue} | ${seconds} | ${cell(note(stage, progress))} |`;
    });
    return [
      `**${this.#plan?.project ?? 'reprise'}**: ${this.#status}`,
      '',
      '| stage | status | queue | time | |',
      '|---|---|---|---|---|',
      ...rows,
      ...(rows.length < stages.length ? ['', `and ${stages.length - rows.length} more`] : []),
    ].join('\n');
  }
}

/** A person reads no more rows, and the server keeps no longer text. */
const ROWS = 200;
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

/** All, or those that a person has to know of, in plan order. */
function mostUrgent(stages: readonly StageState[]): readonly StageState[] {
  if (stages.length <= ROWS) return stages;
  const chosen = new Set<StageState>();
  for (const status of URGENCY)
    for (const stage of stages) if (stage.status === status && chosen.size < ROWS) chosen.add(stage);
  return stages.filter((stage) => chosen.has(stage));
}

function note(stage: StageState, progress: StageProgress | undefined): string {
  if (stage.error) return stage.error.message;
  if (stage.waitingFor !== undefined) return `waits for a worker with the label ${stage.waitingFor}`;
  if (stage.status !== 'running' || !progress) return stage.reason ?? '';
  const parts = [
    progress.step === undefined
      ? undefined
      : `step ${progress.step}${progress.total === undefined ? '' : ` of ${progress.total}`}`,
    progress.metrics?.['loss'] === undefined ? undefined : `loss ${progress.metrics['loss'].toFixed(4)}`,
    progress.message,
    stage.reason,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function withLast(hosts: readonly string[] = [], host: string): readonly string[] {
  return hosts.at(-1) === host ? hosts : [...hosts, host];
}

function cell(text: string): string {
  return text.split('\n')[0]?.replaceAll('|', '\\|').slice(0, 200) ?? '';
}
