/** What a sweep tells: data, apart from how it is shown. `docs/events.md` is the schema for other programs. */
import type { SweepState, TrialParams, TrialState } from '../../workflows/index.js';
import type { NoticeEvent, RunStarted, ServerEvent } from '../display/index.js';

export type SweepEvent =
  ServerEvent | RunStarted | NoticeEvent | SweepBegan | TrialEvent | TrialProgressEvent | SweepEnd;

export interface SweepBegan {
  readonly event: 'sweep';
  readonly id: string;
  readonly method: SweepState['method'];
  readonly metric: string;
  readonly direction: SweepState['direction'];
}

export interface TrialEvent {
  readonly event: 'trial';
  readonly label: string;
  readonly status: TrialState['status'];
  readonly params: TrialParams;
  readonly value?: number;
  readonly experiment?: string;
  readonly seconds?: number;
  readonly reason?: string;
}

export interface TrialProgressEvent {
  readonly event: 'trial-progress';
  readonly label: string;
  readonly address: string;
  readonly step?: number;
  readonly total?: number;
  readonly message?: string;
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface SweepEnd {
  readonly event: 'sweep-end';
  readonly status: 'succeeded' | 'failed' | 'canceled' | 'running' | 'abandoned' | 'preparing';
  readonly id: string;
  readonly metric: string;
  readonly direction: SweepState['direction'];
  readonly seconds: number;
  readonly gpuHours: number;
  readonly ending?: string;
  /** Label of the best trial. */
  readonly best?: string;
  /** Of a sweep over a repository: what it is of. */
  readonly git?: SweepState['git'];
  readonly applied?: SweepState['applied'];
  readonly trials: readonly Omit<TrialEvent, 'event'>[];
}

/** One way of showing a sweep. */
export interface SweepRenderer {
  show(event: SweepEvent): void;
  /** Leaves the terminal as it was found. Safe to call twice. */
  close(): void;
}

export function trialEvent(trial: TrialState): TrialEvent {
  const { label, status, params, value, experiment, startedAt, finishedAt, reason } = trial;
  return {
    event: 'trial',
    label,
    status,
    params,
    ...(value === undefined ? {} : { value }),
    ...(experiment === undefined ? {} : { experiment: experiment.name }),
    ...(finishedAt === undefined ? {} : { seconds: (finishedAt - startedAt) / 1000 }),
    ...(reason === undefined ? {} : { reason }),
  };
}

export function endEvent(
  state: SweepState,
  seconds: number,
  status: SweepEnd['status'] = state.status,
): SweepEnd {
  const { id, metric, direction, gpuHours, ending, best, git, applied, trials } = state;
  return {
    event: 'sweep-end',
    status,
    id,
    metric,
    direction,
    seconds,
    gpuHours,
    ...(ending === undefined ? {} : { ending }),
    ...(best === undefined ? {} : { best }),
    ...(git === undefined ? {} : { git }),
    ...(applied === undefined ? {} : { applied }),
    trials: trials.map((trial) => {
      const { event: _, ...rest } = trialEvent(trial);
      return rest;
    }),
  };
}
