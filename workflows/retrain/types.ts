import type { z } from 'zod';
import type { promoteInput } from '../promote/input.js';
import type { PromotionSettings } from '../promote/settings.js';
import type {
  Candidate,
  ContentReference,
  Decided,
  Judged,
  Judgement,
  Notification,
  NotificationEvent,
  NotificationResult,
  PromotionOutcome,
} from '../promote/types.js';
import type { StageSummary, Workspace } from '../types.js';
import type { RetrainSettings, retrainInput } from './input.js';

/** As written by a person: every field may be left out. */
export type RetrainInput = z.input<typeof retrainInput>;
export type RetrainOptions = z.output<typeof retrainInput>;
export type PromoteInput = z.input<typeof promoteInput>;

/** Someone who is told of things, as `.reprise/config.yaml` has it; where and with which key stays on the worker. */
export interface NotificationChannel {
  readonly name: string;
  readonly events: readonly NotificationEvent[];
}

export interface RetrainPlan {
  readonly project: string;
  /** With an absolute path, or the commit that was the revision's when the round began. */
  readonly workspace: Workspace;
  /** Id that every run of this project's stages has: they run one at a time. */
  readonly runId: string;
  readonly settings: RetrainSettings;
  /** Stages that fetch data. */
  readonly ingest: readonly string[];
  readonly channels: readonly NotificationChannel[];
  /** Whether this server knows our search attributes. */
  readonly searchAttributes: boolean;
  /** Where stages without labels run; absent: on the plain CPU queue. */
  readonly predictQueue?: string;
}

export interface PlanRetrainInput {
  readonly workspace: RetrainOptions['workspace'];
  /** Over what the project's file says. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface JudgeInput {
  readonly workspace: Workspace;
  readonly settings: PromotionSettings;
  /** What the model in production says of today's test rows. */
  readonly answers?: ContentReference;
  /** Judge also what was judged before. */
  readonly again: boolean;
}

export type JudgeResult =
  | { readonly kind: 'judged'; readonly judged: Judged }
  /** The same candidate, against the same model, by the same gates, was judged before. */
  | { readonly kind: 'unchanged'; readonly production: number }
  /** The test rows are others than those that production's answers are for. */
  | { readonly kind: 'predict'; readonly production: number; readonly reason: string };

export interface PredictInput {
  readonly workspace: Workspace;
  readonly settings: PromotionSettings;
  readonly production: number;
}

export interface PromoteModelInput {
  readonly workspace: Workspace;
  readonly final: string;
  readonly version: number;
  readonly expected: number;
  readonly candidate: Candidate;
  readonly promoted: {
    readonly at: string;
    readonly by: string;
    readonly reason: string;
    readonly run: string;
  };
  readonly judgement: Judgement;
}

export interface NotifyInput {
  readonly workspace: Workspace;
  readonly channel: string;
  readonly notification: Notification;
}

export type RetrainOutcome = 'unchanged' | 'held' | Exclude<PromotionOutcome, 'expired' | 'superseded'>;

export interface RetrainState {
  readonly status:
    | 'quiet'
    | 'planning'
    | 'waiting'
    | 'ingesting'
    | 'reproducing'
    | 'judging'
    | 'promoting'
    | 'failed'
    | 'canceled'
    | RetrainOutcome;
  readonly project?: string;
  /** `newData` signals that the next round will see to. */
  readonly pending: number;
  readonly judged?: Judged;
  /** Workflow that waits for an answer. */
  readonly promotion?: string;
}

export interface RetrainResult {
  readonly project: string;
  readonly outcome: RetrainOutcome;
  /** In production at the end; 0 for none. */
  readonly version: number;
  readonly stages: readonly StageSummary[];
  readonly judged?: Judged;
  readonly decided?: Decided;
  /** Workflow that waits for an answer, when it is held. */
  readonly promotion?: string;
  readonly seconds: number;
  readonly notifications: readonly NotificationResult[];
}

/** Names of the workflows' signals and updates. */
export const NEW_DATA_SIGNAL = 'newData';
export const SUPERSEDE_SIGNAL = 'supersede';
export const APPROVE_UPDATE = 'approve';
export const REJECT_UPDATE = 'reject';

/** The activities of `retrain` and `promote`; all but `predict` are short. */
export interface RetrainActivities {
  planRetrain(input: PlanRetrainInput): Promise<RetrainPlan>;
  judgeCandidate(input: JudgeInput): Promise<JudgeResult>;
  /** Lets the model in production answer today's test rows, and keeps the answers where the judge finds them. */
  predict(input: PredictInput): Promise<ContentReference>;
  /** So that the same is not judged again. */
  recordJudged(input: { workspace: Workspace; settings: PromotionSettings; judged: Judged }): Promise<void>;
  /** @param input `candidate`: one that was registered as it is keeps its number */
  reserveVersion(input: { workspace: Workspace; final: string; candidate?: Candidate }): Promise<number>;
  /** False when another model came into production since. */
  promoteModel(input: PromoteModelInput): Promise<boolean>;
  notify(input: NotifyInput): Promise<void>;
}
