/** What crosses Temporal: small records and references, never data. Safe to import in the workflow sandbox and outside. */
import type { z } from 'zod';
import type { reproduceInput } from './reproduce/input.js';

/** Queue of the workflows and of the short activities that plan and commit. */
export const WORKFLOW_QUEUE = 'reprise';

/**
 * The one rule from labels to queue: `reprise-cpu` without labels, else `reprise-` and the labels, sorted, joined by `-`.
 */
export function stageQueue(labels: readonly string[]): string {
  return labels.length === 0 ? 'reprise-cpu' : `reprise-${[...new Set(labels)].sort().join('-')}`;
}

/** The queue that only one host serves beside `queue`: for a stage that is to run where its inputs lie. */
export function hostQueue(queue: string, hostId: string): string {
  return `${queue}@${hostId}`;
}

/** Search attributes, with the type each is registered with (`--search-attribute Name=Type`). */
export const SEARCH_ATTRIBUTES = {
  RepriseProject: 'Keyword',
  RepriseStage: 'KeywordList',
  RepriseStatus: 'Keyword',
  RepriseGpuSeconds: 'Double',
  RepriseGpuSecondsLost: 'Double',
} as const;

/**
 * Dynamic configuration of a server of our own. Release 1.29 orders a queue by priority only when told to, and only within each
 * of its partitions, of which a queue has four.
 */
export const SERVER_SETTINGS = {
  'matching.useNewMatcher': 'true',
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
} as const;

/** As written by a person: every field has a default. */
export type ReproduceInput = z.input<typeof reproduceInput>;
export type ReproduceOptions = z.output<typeof reproduceInput>;

export interface PathWorkspace {
  readonly kind: 'path';
  /** Folder of the DVC project, absolute or relative to the worker's. */
  readonly path: string;
}

/** A checkout of one commit: each host makes one of its own, and results go to the DVC remote and to a branch. */
export interface GitWorkspace {
  readonly kind: 'git';
  readonly url: string;
  /** All 40 digits. */
  readonly commit: string;
  /** The branch that was asked for, when the commit was its tip. */
  readonly source?: string;
  /** Folder of the DVC project in the repository. */
  readonly path: string;
  /** Name of the DVC remote; absent: the project's default. */
  readonly remote?: string;
  /** Where results are committed; absent: a branch of this run alone. */
  readonly branch?: string;
  /** Temporal's id of the run, which names the checkout. */
  readonly run: string;
}

export type Workspace = PathWorkspace | GitWorkspace;

/** One stage of the frozen plan. */
export interface PlannedStage {
  readonly address: string;
  /** Key in dvc.lock. */
  readonly name: string;
  /** dvc.yaml or `.dvc` file, relative to the project's root. */
  readonly dvcfile: string;
  /** Addresses, within this plan, of the stages that must be done first. */
  readonly upstream: readonly string[];
  readonly labels: readonly string[];
  readonly queue: string;
  /** Where it may run instead when no worker serves its labels. */
  readonly fallbackQueue?: string;
  /** How often a command that exits non-zero is run again. */
  readonly retries: number;
  /** Start-to-close, in seconds. */
  readonly timeout: number;
  /** In seconds; absent: the run's default. */
  readonly heartbeat?: number;
  /** 1 (first) to 5 (last). */
  readonly priority: number;
  /** Projects share a queue in proportion to their weights. */
  readonly fairness: { readonly fairnessKey: string; readonly fairnessWeight?: number };
  /** True when dvc.lock, the workspace and everything upstream agree: it need not be looked at again. */
  readonly upToDate: boolean;
  /** False when dvc.lock had no entry of this name when the plan was made. */
  readonly locked: boolean;
}

export interface Plan {
  /** The project's name, for people. */
  readonly project: string;
  readonly workspace: Workspace;
  /** In the order in which `dvc repro` would run them. */
  readonly stages: readonly PlannedStage[];
  /** Whether this server knows {@link SEARCH_ATTRIBUTES}. */
  readonly searchAttributes: boolean;
}

export interface RunStageInput {
  readonly workspace: Workspace;
  readonly address: string;
  /** Run although nothing changed, and do not look in the run cache. */
  readonly force: boolean;
  /** A stage that it reads from has run: as `force`, for a stage that is not frozen. */
  readonly upstreamRan?: boolean;
  /** As in the run's input. */
  readonly allowMissing?: boolean;
  readonly pull?: boolean;
  readonly runCache?: boolean;
  readonly commit?: boolean;
  /** Of a `.dvc` file that imports: look at its source, and bring what is new. */
  readonly updateImports?: boolean;
  /** Which run of its command this is, from 1: a failure of the command counts, a lost host does not. */
  readonly attempt: number;
  /** Runs on the CPU in place of its label's queue. */
  readonly fallback: boolean;
  /** The outs that this run has made of the stages before it, as YAML text by address. Only for a git workspace: they are in no file yet. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Seconds that one run of its command may take. */
  readonly timeout: number;
  /** What earlier attempts came to. */
  readonly usage?: StageUsage;
  /** When its command is stopped, with its checkpoint. */
  readonly until?: NonNullable<ReproduceOptions['until']>;
  /** How many stages of the run are under way with it: so much less each of them tells the workflow. */
  readonly beside?: number;
  /** Names the run's logs: the id of the first execution of its chain. Absent: of the one that asks. */
  readonly run?: string;
}

/** What a stage had reported when it was stopped by the run's `until`. */
export interface Reached {
  readonly step: number;
  readonly total: number;
  /** Of the rule's metric. */
  readonly value: number;
}

/** GPU seconds: GPUs that a stage's command held, times the seconds that it held them. */
export interface StageUsage {
  readonly gpuSeconds: number;
  /** Of these, the work that was done again, or never: an attempt ended after its last checkpoint. */
  readonly gpuSecondsLost: number;
  /** Since the newest checkpoint of the attempt that runs: lost if it ends now. */
  readonly gpuSecondsUnsaved: number;
}

export type StageOutcome = 'ran' | 'restored' | 'skipped' | 'failed' | 'blocked' | 'canceled';

export interface RunStageResult {
  readonly address: string;
  readonly outcome: 'ran' | 'restored' | 'skipped';
  /** The stage's dvc.lock entry, as YAML text: JSON would lose the spelling of its numbers. Absent when skipped. */
  readonly lockEntry?: string;
  readonly seconds: number;
  readonly usage: StageUsage;
  /** Id of the host that has the outs now. */
  readonly host: string;
  /** Size of the outs. */
  readonly bytes: number;
}

export interface CommitLockInput {
  readonly workspace: Workspace;
  /** Relative to the project's root. */
  readonly dvcfile: string;
  /** Stage name → entry as YAML text. */
  readonly entries: Readonly<Record<string, string>>;
  /** Name of a stage that is new in the file → the one that it goes before, there or new as well. Absent: it goes last. */
  readonly before: Readonly<Record<string, string>>;
}

export interface PublishInput {
  readonly workspace: GitWorkspace;
  readonly workflowId: string;
  readonly results: readonly Omit<CommitLockInput, 'workspace'>[];
}

/** Where the results of a git workspace are. */
export interface Published {
  readonly branch: string;
  readonly commit: string;
  /** Somebody else changed the same stages on the wanted branch: these results went to one of their own. */
  readonly conflict: boolean;
}

export interface StageError {
  /** Stable kebab-case: `stage-failed`, `missing-output`, `label-unserved`, … */
  readonly code: string;
  readonly message: string;
  /** Last lines that the command printed. */
  readonly tail?: readonly string[];
}

/** What a running stage says of itself: carried by heartbeats (live) and, rarely, by the `progress` signal (for the UI). */
export interface StageProgress {
  readonly address: string;
  readonly step?: number;
  readonly total?: number;
  readonly message?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** The newest finished checkpoint. */
  readonly checkpoint?: { readonly name: string; readonly digest: string };
  /** Last lines that the command printed, secrets masked. */
  readonly tail?: readonly string[];
  readonly attempt: number;
  /** Id of the host. */
  readonly host: string;
  readonly pid?: number;
  readonly usage?: StageUsage;
  /** How often a host gave this attempt back because it had no free slot. */
  readonly handedBack?: number;
}

export interface StageState {
  readonly address: string;
  readonly status: 'pending' | 'paused' | 'waiting' | 'scheduled' | 'running' | StageOutcome;
  readonly queue: string;
  /** The label that no worker serves at present. */
  readonly waitingFor?: string;
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Why it is in this state, where that is not plain: `falls back to the CPU`, `train failed`. */
  readonly reason?: string;
  readonly error?: StageError;
  readonly progress?: StageProgress;
  readonly usage?: StageUsage;
  /** Ids of the hosts that ran it, in turn: its log is there. */
  readonly hosts?: readonly string[];
}

export interface RunState {
  readonly status: 'planning' | 'running' | 'succeeded' | 'failed' | 'canceled';
  readonly project?: string;
  readonly stages: readonly StageState[];
}

export interface StageSummary {
  readonly address: string;
  readonly outcome: StageOutcome;
  readonly seconds: number;
  readonly attempts: number;
  readonly error?: StageError;
  /** Where it held any: GPUs times seconds, and those whose work was lost. */
  readonly gpuSeconds?: number;
  readonly gpuSecondsLost?: number;
  readonly hosts?: readonly string[];
}

/** The workflow's result; when a stage failed, the first of the failure's details. */
export interface ReproduceResult {
  readonly project: string;
  readonly stages: readonly StageSummary[];
  readonly seconds: number;
  /** Of a git workspace: what the run began with. */
  readonly commit?: string;
  /** Of a git workspace, when anything was made. */
  readonly published?: Published;
  /** The stage at which the run ended by its `until`. */
  readonly stopped?: Reached & { readonly address: string };
}

/** Names of the workflow's query and signal. */
export const STATE_QUERY = 'state';
export const PROGRESS_SIGNAL = 'progress';

/** A run's memo, which is read in lists of runs and where no worker answers. */
export interface RunMemo {
  readonly project?: string;
  readonly targets?: readonly string[];
  /** `2/5`: stages that are done, of all. */
  readonly stages?: string;
  /** The stages of a run that was canceled: it has no result. */
  readonly summary?: readonly StageSummary[];
}

/** The activities' signatures as the workflows see them; `activities/` implements them. */
export interface ReproduceActivities {
  plan(input: ReproduceOptions): Promise<Plan>;
  runStage(input: RunStageInput): Promise<RunStageResult>;
  commitLock(input: CommitLockInput): Promise<void>;
  publish(input: PublishInput): Promise<Published>;
  /** Which of these queues a worker polls at present. */
  servedQueues(queues: readonly string[]): Promise<readonly string[]>;
}
