/** Where in a file something was found. Lines and columns count from 1. */
export interface Location {
  /** Path as a person would type it, relative to the project's root where possible. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The text of that line, so that it can be shown with a marker under the column. */
  readonly source?: string;
}

export interface DiagnosticDetails {
  /** What went wrong, one sentence, no trailing stop. */
  readonly message: string;
  readonly at?: Location;
  /** What to do about it, one sentence. */
  readonly fix?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly cause?: unknown;
  /** It may mend by itself: who can wait may try again later. */
  readonly transient?: boolean;
}

/**
 * A failure that a user can mend: it is shown without a stack trace, ends the command with a non-zero code,
 * and is not retried by Temporal, unless it is transient. `code` is stable kebab-case, for programs and tests (`yaml-syntax`, `missing-dep`).
 * Anything else that is thrown is a fault of ours or of the host.
 */
export class DiagnosticError extends Error {
  readonly code: string;
  readonly at: Location | undefined;
  readonly fix: string | undefined;
  readonly expected: string | undefined;
  readonly found: string | undefined;
  readonly transient: boolean;

  constructor(code: string, details: DiagnosticDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DiagnosticError';
    this.code = code;
    this.at = details.at;
    this.fix = details.fix;
    this.expected = details.expected;
    this.found = details.found;
    this.transient = details.transient ?? false;
  }
}
