/** A version of a model, as MLflow's registry is to have it. */
export interface RegisteredVersion {
  /** What MLflow calls the model. */
  readonly model: string;
  /** Ours. MLflow's own number is the same where it is free; the tag {@link VERSION_TAG} has ours in any case. */
  readonly version: number;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: {
    /** Point at this version from now on. */
    readonly set: readonly string[];
    /** Are taken from it, where they point at it. */
    readonly unset: readonly string[];
  };
}

export const VERSION_TAG = 'reprise.version';

/** MLflow's limit, of its databases. */
export const DESCRIPTION_LIMIT = 5_000;

/** Where a run keeps its model, among its artifacts. */
export const MODEL_PATH = 'model';
