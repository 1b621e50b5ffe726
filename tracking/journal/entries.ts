import type { RegisteredVersion } from '../registry/registered-version.js';
import type { DatasetInput, RunStatus } from '../store/tracking-store.js';

/** What is to become of one run, line by line: `journal.jsonl`. */
export type JournalEntry =
  | { readonly op: 'tags'; readonly tags: Readonly<Record<string, string>> }
  | { readonly op: 'params'; readonly params: Readonly<Record<string, string>> }
  | {
      readonly op: 'metrics';
      /** Milliseconds since the epoch. */
      readonly time: number;
      readonly step: number;
      readonly values: Readonly<Record<string, number>>;
    }
  | { readonly op: 'inputs'; readonly inputs: readonly DatasetInput[] }
  /** `file` is the journal's own copy, by its name in `files/`. */
  | { readonly op: 'artifact'; readonly file: string; readonly path: string }
  /** The run's model becomes a version in the registry, or its aliases move. */
  | { readonly op: 'version'; readonly version: RegisteredVersion }
  | { readonly op: 'status'; readonly status: RunStatus; readonly time: number };

/** Which run it is, and where it goes: `head.json`, written once. */
export interface JournalHead {
  /** Of the target; only a process that speaks to the same one sends it. */
  readonly uri: string;
  readonly experiment: string;
  readonly name: string;
  /** Equal work has an equal key: the tag `reprise.training`. Or, to add to the run of a model, that model's: `reprise.model`. */
  readonly key: string;
  /** The tag that has the key. Default: {@link KEY_TAG}. */
  readonly keyTag?: string;
  /**
   * `new`: a run of its own. `unfinished`: goes on with the key's run, begun on another host perhaps, if that has not
   * finished. `latest`: adds to the key's newest run, whatever its status.
   */
  readonly run: 'new' | 'unfinished' | 'latest';
  readonly startTime: number;
  readonly tags: Readonly<Record<string, string>>;
  /** The run that this one is a part of: found by this tag, or made. */
  readonly parent?: {
    readonly tag: readonly [string, string];
    readonly name: string;
  };
}

/** How far it was sent: `sent.json`. */
export interface JournalProgress {
  readonly runId?: string;
  /** Bytes of the journal. */
  readonly offset: number;
  /** A run was asked for, and no answer came. */
  readonly creating?: boolean;
}

/** The tag by which a run is found again. */
export const KEY_TAG = 'reprise.training';
/** The tag of a run that made a model: see `modelDigest`. */
export const MODEL_TAG = 'reprise.model';
/** The tag of a run that made a model, with DVC's hash of its folder: by it dvc.lock leads to the run. */
export const MODEL_MD5_TAG = 'reprise.model_md5';
/** The tag that a run has of the journal that made it. */
export const JOURNAL_TAG = 'reprise.journal';
