import { z } from 'zod';
import { hostQueue } from '../types.js';

z.config({ jitless: true });

/** The most that one answer holds: a payload is small, and a reader asks again. */
const LARGEST_PART = 256 * 1024;

/** The one argument of the workflow `readLog`. */
export const readLogInput = z.strictObject({
  /** Id of the host that ran the stage. */
  host: z.string().min(1).max(200),
  /** The run's id: of the first execution of its chain. */
  run: z.string().min(1).max(100),
  /** The stage's address. */
  stage: z.string().min(1).max(1_000),
  /** Byte of the log from which to read. */
  offset: z.number().int().min(0).default(0),
  /** Bytes to read at most. */
  limit: z
    .number()
    .int()
    .min(4)
    .max(LARGEST_PART)
    .default(64 * 1024),
  /** Seconds to wait for something new when there is nothing yet. */
  wait: z.number().min(0).max(60).default(0),
});

export type ReadLogOptions = z.output<typeof readLogInput>;

export interface LogPart {
  /** False when the host has no such log. */
  readonly found: boolean;
  readonly text: string;
  /** Where to read on. */
  readonly next: number;
  /** False when more is there already. */
  readonly atEnd: boolean;
}

/** Where a host alone answers for what its stages printed. */
export function logQueue(hostId: string): string {
  return hostQueue('reprise-logs', hostId);
}

/** As `activities/` implements it. */
export interface HostActivities {
  readLog(input: ReadLogOptions): Promise<LogPart>;
}
