import { setCurrentDetails } from '@temporalio/workflow';
import { bestOf } from './search/index.js';
import { withReport } from './median-rule.js';
import type { Carried } from './carried.js';
import type { StageProgress } from '../types.js';
import type { Report, SweepPlan, TrialState } from './trial.js';
import type { SweepOptions, SweepState } from './types.js';

const ENDED: ReadonlySet<string> = new Set(['done', 'failed', 'stopped', 'canceled']);

/** What is known of every trial of one sweep: answers the `state` query, and keeps the UI's table current. */
export class SweepBoard {
  #status: SweepState['status'] = 'preparing';
  #plan: SweepPlan | undefined;
  #ending: string | undefined;
  #applied: SweepState['applied'];
  readonly #trials = new Map<string, TrialState>();
  readonly #reports = new Map<string, readonly Report[]>();
  /** Labels of trials that changed since they were last recorded. */
  readonly #unrecorded = new Set<string>();

  constructor(
    readonly options: SweepOptions,
    readonly id: string,
    readonly startedAt: number,
    carried: Carried | undefined,
  ) {
    for (const trial of carried?.trials ?? []) this.#trials.set(trial.label, trial);
    for (const [label, reports] of Object.entries(carried?.reports ?? {})) this.#reports.set(label, reports);
    this.#publish();
  }

  planned(plan: SweepPlan): void {
    this.#plan = plan;
    this.#status = 'running';
    this.#publish();
  }

  began(trial: TrialState): void {
    this.#trials.set(trial.label, trial);
    this.#unrecorded.add(trial.label);
    this.#publish();
  }

  change(label: string, change: Partial<TrialState>): void {
    const before = this.#trials.get(label);
    if (!before) return;
    const { progress: _, ...rest } = before;
    const after = { ...(change.status && ENDED.has(change.status) ? rest : before), ...change };
    this.#trials.set(label, after);
    this.#unrecorded.add(label);
    this.#publish();
  }

  /** What a running trial says of itself. */
  progressed(label: string, progress: StageProgress): void {
    const trial = this.#trials.get(label);
    if (!trial || ENDED.has(trial.status)) return;
    this.#trials.set(label, { ...trial, progress });
    const rule = this.options.earlyStopping;
    const value = rule && progress.metrics?.[rule.metric];
    if (rule && value !== undefined && progress.step !== undefined)
      this.#reports.set(label, withReport(this.reports(label), { step: progress.step, value }, rule));
    this.#publish();
  }

  reports(label: string): readonly Report[] {
    return this.#reports.get(label) ?? [];
  }

  /** No more trials begin. */
  end(why: string): void {
    this.#ending ??= why;
    this.#publish();
  }

  get ending(): string | undefined {
    return this.#ending;
  }

  finished(status: SweepState['status']): void {
    this.#status = status;
    this.#publish();
  }

  applied(applied: NonNullable<SweepState['applied']>): void {
    this.#applied = applied;
    this.#publish();
  }

  get trials(): readonly TrialState[] {
    return [...this.#trials.values()];
  }

  get(label: string): TrialState | undefined {
    return this.#trials.get(label);
  }

  get best(): TrialState | undefined {
    return bestOf(this.trials, this.options);
  }

  get gpuHours(): number {
    return this.trials.reduce((sum, trial) => sum + (trial.gpuSeconds ?? 0), 0) / 3600;
  }

  state(): SweepState {
    const { best } = this;
    const { method, metric, direction } = this.options;
    return {
      status: this.#status,
      id: this.id,
      ...(this.#plan ? { project: this.#plan.project } : {}),
      method,
      metric,
      direction,
      trials: this.trials,
      ...(best ? { best: best.label } : {}),
      ...(this.#ending === undefined ? {} : { ending: this.#ending }),
      startedAt: this.startedAt,
      gpuHours: this.gpuHours,
      ...(this.#plan?.git ? { git: this.#plan.git } : {}),
      ...(this.#applied ? { applied: this.#applied } : {}),
    };
  }

  /**
   * Hands over the state with those trials alone that changed since the last time: all of them, each time one ends, would make
   * the history of a large sweep too long.
   */
  async record(write: (state: SweepState) => Promise<void>): Promise<void> {
    const labels = [...this.#unrecorded];
    const trials = labels.flatMap((label) => this.#trials.get(label) ?? []);
    await write({ ...this.state(), trials: trials.map(({ progress: _, ...trial }) => trial) });
    for (const [i, label] of labels.entries())
      if (this.#trials.get(label) === trials[i]) this.#unrecorded.delete(label);
  }

  carried(plan: SweepPlan): Carried {
    return {
      plan,
      trials: this.trials,
      reports: Object.fromEntries(this.#reports),
      startedAt: this.startedAt,
    };
  }

  #publish(): void {
    setCurrentDetails(this.#markdown());
  }

  #markdown(): string {
    const names = Object.keys(this.trials[0]?.params ?? this.options.params);
    const best = this.best?.label;
    const rows = this.trials.map((trial) => {
      const values = names.map((name) => cell(String(trial.params[name])));
      const mark = trial.label === best ? '**' : '';
      return `| ${mark}${trial.label}${mark} | ${trial.status} | ${values.join(' | ')} | ${trial.value ?? ''} | ${cell(note(trial))} |`;
    });
    return [
      `**${this.#plan?.project ?? 'sweep'}** ${this.id}: ${this.#status}${this.#ending === undefined ? '' : `, ${this.#ending}`}`,
      '',
      `| trial | status | ${names.map(cell).join(' | ')} | ${cell(this.options.metric)} | |`,
      `|---|---|${names.map(() => '---|').join('')}---|---|`,
      ...rows,
    ].join('\n');
  }
}

function note({ reason, progress }: TrialState): string {
  if (reason !== undefined) return reason;
  if (progress?.step === undefined) return progress?.address ?? '';
  return `${progress.address}: step ${progress.step}${progress.total === undefined ? '' : ` of ${progress.total}`}`;
}

function cell(text: string): string {
  return text.split('\n')[0]?.replaceAll('|', '\\|').slice(0, 120) ?? '';
}
