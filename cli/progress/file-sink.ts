import { appendFileSync } from 'node:fs';
import type { ProgressSink, ProgressUpdate } from './progress-update.js';

/**
 * The stage contract's `REPRISE_PROGRESS`: JSON lines {step, total, message, metrics} appended to a file that the runner
 * follows. Each line goes out in one write, so that a reader never sees half of one. A file that cannot be written does
 * not stop the work: progress is for watching.
 */
export function fileSink(path: string): ProgressSink {
  let broken = false;
  return {
    update({ step, total, message, metrics }: ProgressUpdate): void {
      if (broken) return;
      try {
        appendFileSync(path, `${JSON.stringify({ step, total, message, metrics })}\n`);
      } catch {
        broken = true;
      }
    },
    log() {},
    done() {},
  };
}
