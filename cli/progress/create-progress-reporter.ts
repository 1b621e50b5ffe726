import { performance } from 'node:perf_hooks';
import type { Writable } from 'node:stream';
import { barSink } from './bar-sink.js';
import { fileSink } from './file-sink.js';
import { jsonSink } from './json-sink.js';
import { linesSink } from './lines-sink.js';
import type { ProgressReporter, ProgressSink, ProgressUpdate } from './progress-update.js';

/** Ten pictures a second look alive; more only cost time. */
const SHORTEST_PAUSE_MS = 100;

export interface ProgressOptions {
  /** JSON objects on stdout in place of a bar. */
  readonly json?: boolean;
  /** For tests: by default the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdout?: Writable;
  readonly stderr?: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

/**
 * Progress for a command: a bar where stderr is a terminal, plain lines where it is not, JSON on stdout if asked, and
 * besides that the file which the stage contract names in `REPRISE_PROGRESS`.
 */
export function createProgressReporter(options: ProgressOptions = {}): ProgressReporter {
  const { env = process.env, stdout = process.stdout, stderr = process.stderr } = options;
  const now = options.now ?? (() => performance.now());
  const sinks: ProgressSink[] = [
    options.json ? jsonSink(stdout) : stderr.isTTY ? barSink(stderr, now) : linesSink(stderr, now),
  ];
  if (env.REPRISE_PROGRESS) sinks.push(fileSink(env.REPRISE_PROGRESS));
  return throttled(sinks, now);
}

function throttled(sinks: readonly ProgressSink[], now: () => number): ProgressReporter {
  let held: ProgressUpdate | undefined;
  let message: string | undefined;
  let sentAt = -Infinity;
  const send = (update: ProgressUpdate): void => {
    held = undefined;
    message = update.message;
    sentAt = now();
    for (const sink of sinks) sink.update(update);
  };
  return {
    update(update) {
      const worthIt =
        update.metrics !== undefined || update.message !== message || now() - sentAt >= SHORTEST_PAUSE_MS;
      if (worthIt) {
        // The last word about the work before, if it was held back.
        if (held && held.message !== update.message) send(held);
        send(update);
      } else held = update;
    },
    log(line) {
      for (const sink of sinks) sink.log(line);
    },
    done() {
      if (held) send(held);
      for (const sink of sinks) sink.done();
    },
  };
}
