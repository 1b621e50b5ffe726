/** What a run tells: data, apart from how it is shown. `docs/events.md` is the schema for other programs. */
import type { StageError, StageOutcome, StageState } from '../../workflows/index.js';

export type RunEvent =
  | ServerEvent
  | RunStarted
  | PlanEvent
  | StageEvent
  | ProgressEvent
  | NoticeEvent
  | RunFinished
  | MetricsEvent
  | ReportEvent
  | DryRunEvent;

/** The Temporal server that is used, and when it goes away and comes back. */
export interface ServerEvent {
  readonly event: 'server';
  readonly state: 'started' | 'found' | 'connected' | 'lost' | 'back';
  readonly address: string;
  readonly ui?: string;
}

export interface RunStarted {
  readonly event: 'run';
  /** `attached`: it was open, and its owner is gone. `watching`: another live process owns it. `detached`: it goes on without us. */
  readonly state: 'started' | 'attached' | 'watching' | 'detached';
  readonly project: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The run's page in the Temporal UI. */
  readonly ui?: string;
}

export interface PlanEvent {
  readonly event: 'plan';
  readonly stages: readonly { readonly address: string; readonly queue: string }[];
}

export interface StageEvent {
  readonly event: 'stage';
  readonly address: string;
  readonly status: StageState['status'];
  readonly queue: string;
  /** Which run of its command, from 1; 0 before the first. */
  readonly attempt: number;
  /** How often it was taken up again because its worker or host was lost. */
  readonly restarts: number;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly seconds?: number;
  readonly waitingFor?: string;
  readonly reason?: string;
  readonly error?: StageError;
}

export interface ProgressEvent {
  readonly event: 'progress';
  readonly address: string;
  readonly step?: number;
  readonly total?: number;
  readonly message?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** The newest finished checkpoint: what a restart continues from. */
  readonly checkpoint?: { readonly name: string; readonly digest: string };
  readonly secondsLeft?: number;
  /** The last line that the command printed. */
  readonly output?: string;
}

/** Something that a person should know or may do; the run goes on. */
export interface NoticeEvent {
  readonly event: 'notice';
  /** Stable kebab-case. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
}

export interface RunFinished {
  readonly event: 'end';
  readonly status: 'succeeded' | 'up-to-date' | 'failed' | 'canceled';
  readonly seconds: number;
  readonly stages: readonly {
    readonly address: string;
    readonly outcome: StageOutcome;
    readonly seconds: number;
    readonly attempts: number;
    readonly error?: StageError;
  }[];
}

/** The figures of one of the pipeline's `metrics` files. */
export interface MetricsEvent {
  readonly event: 'metrics';
  readonly path: string;
  /** Dotted names. `previous` is the value in git's HEAD. */
  readonly values: readonly { readonly name: string; readonly value: number; readonly previous?: number }[];
}

export interface ReportEvent {
  readonly event: 'report';
  readonly path: string;
}

export interface DryRunEvent {
  readonly event: 'dry-run';
  readonly stages: readonly {
    readonly address: string;
    readonly action: 'run' | 'skip';
    readonly reasons: readonly string[];
    readonly cmd?: string | readonly string[];
  }[];
}

/** One way of showing a run. */
export interface Renderer {
  show(event: RunEvent): void;
  /** Leaves the terminal as it was found. Safe to call twice. */
  close(): void;
}
