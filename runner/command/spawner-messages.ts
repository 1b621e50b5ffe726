/** What a worker asks of its spawner; commands are told apart by numbers. */
export type ToSpawner =
  | {
      readonly start: number;
      readonly file: string;
      readonly args: readonly string[];
      readonly cwd: string;
      readonly env: NodeJS.ProcessEnv;
    }
  /** Which process it is has been noted down where the next worker looks. */
  | { readonly noted: number }
  /** Nobody reads its output any longer. */
  | { readonly release: number };

/** What a spawner tells of command `id`, in this order. */
export type FromSpawner = { readonly id: number } & (
  | { readonly error: string }
  /** @property stat its line in /proc, on Linux */
  | { readonly pid: number; readonly stat: string | undefined }
  | { readonly text: string }
  | { readonly code: number | null; readonly signal: NodeJS.Signals | null }
  /** Its output has come to an end, which may be long after its own. */
  | { readonly closed: true }
);
