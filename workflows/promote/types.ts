/** A file or folder by its content, which the DVC cache holds. */
export interface ContentReference {
  /** Where it was, relative to the project's root. */
  readonly path: string;
  readonly md5: string;
  /** As DVC states them, in bytes and, of a folder, in files. */
  readonly size?: number;
  readonly nfiles?: number;
  /** Of a file that can be executed. */
  readonly isexec?: true | undefined;
}

/** What a model was made from, as dvc.lock, git and the metrics said when it was put aside. */
export interface Lineage {
  readonly code?: {
    readonly commit: string;
    readonly branch?: string;
    /** Without credentials. */
    readonly repository?: string;
    /** Files that git knows differed from the commit. */
    readonly changed: boolean;
  };
  /** The stage that made it; absent when dvc.lock does not know these bytes. */
  readonly stage?: { readonly name: string; readonly command: string };
  /** What that stage and those before it read: path → md5, as dvc.lock has them. */
  readonly data: Readonly<Record<string, string>>;
  /** Their params: dotted key → value. Keys of files other than params.yaml begin with `<file>:`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Of stages that read exactly this model: dotted key → figure. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What is proposed for production. The cache holds it: what the workspace has may have moved on. */
export interface Candidate {
  readonly model: ContentReference;
  readonly predictions: ContentReference;
  readonly lineage?: Lineage;
}

/** One figure of two models on the same rows, with the interval of the difference. */
export interface Estimate {
  readonly production: number;
  readonly candidate: number;
  /** Candidate minus production. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

export interface ClassRegression extends Estimate {
  readonly label: string;
  /** Test rows with that label. */
  readonly support: number;
  /** McNemar's, on those rows. */
  readonly p: number;
}

export interface ModelComparison {
  /** Version of the model in production. */
  readonly production: number;
  readonly rows: number;
  readonly replicates: number;
  readonly confidence: number;
  readonly accuracy: Estimate;
  readonly macro_f1: Estimate;
  readonly mcnemar: {
    readonly productionOnly: number;
    readonly candidateOnly: number;
    readonly p: number;
  };
  /** Labels whose recall fell, beyond chance; the worst first, 20 at most. */
  readonly regressions: readonly ClassRegression[];
}

/** `first`: nothing is in production. `incomparable`: production's answers on these rows are not to be had. */
export type Verdict = 'first' | 'better' | 'even' | 'worse' | 'incomparable';

export interface Judgement {
  readonly verdict: Verdict;
  readonly decision: 'promote' | 'hold' | 'reject';
  /** For people, one sentence each. */
  readonly reasons: readonly string[];
  readonly comparison?: ModelComparison;
}

/** What is known before anyone decides. */
export interface Judged {
  readonly candidate: Candidate;
  /** Version that it was compared with; 0 for none. */
  readonly production: number;
  readonly judgement: Judgement;
}

/** A person's answer. */
export interface Answer {
  readonly by: string;
  readonly reason: string;
}

export interface Decided extends Answer {
  readonly answer: 'approve' | 'reject';
  /** ISO 8601. */
  readonly at: string;
}

export type PromotionOutcome = 'promoted' | 'rejected' | 'expired' | 'superseded' | 'stale';

export interface PromoteState {
  readonly status: 'judging' | 'waiting' | 'promoting' | PromotionOutcome | 'failed' | 'canceled';
  readonly judged?: Judged;
  readonly decided?: Decided;
  /** ISO 8601; when nobody answers until then, `onTimeout` decides. */
  readonly until?: string;
}

export interface PromoteResult {
  readonly outcome: PromotionOutcome;
  /** Of the model now in production, when it was promoted. */
  readonly version?: number;
  readonly judged: Judged;
  readonly decided?: Decided;
  readonly notifications: readonly NotificationResult[];
}

/** What people are told of. */
export type NotificationEvent =
  'approval-wanted' | 'approval-reminder' | 'approval-expired' | 'promoted' | 'rejected' | 'retrain-failed';

export interface Notification {
  readonly event: NotificationEvent;
  readonly project: string;
  readonly workflowId: string;
  readonly title: string;
  readonly lines: readonly string[];
}

export interface NotificationResult {
  readonly event: NotificationEvent;
  readonly channel: string;
  readonly sent: boolean;
  /** Why it was given up. */
  readonly error?: string;
}
