/** What needs the thing: running pipelines, finetuning in them, or nothing but convenience. */
export type Part = 'pipelines' | 'finetuning' | 'optional';

/** One thing that was looked for. */
export interface Finding {
  /** Stable kebab-case, for programs. */
  readonly name: string;
  readonly part: Part;
  /** `broken`: it is there and does not work. */
  readonly state: 'found' | 'missing' | 'broken';
  readonly version?: string;
  /** What was found and where, or what is wrong; one line. */
  readonly detail: string;
  /** The command, or the deed, that mends it. */
  readonly fix?: string;
}

export interface Examination {
  readonly reprise: string;
  readonly cache: string;
  readonly findings: readonly Finding[];
  /** Whether pipelines can be run. */
  readonly pipelines: boolean;
  /** Whether the finetuning commands can, on this host. */
  readonly finetuning: boolean;
}
