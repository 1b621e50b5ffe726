import type { Writable } from 'node:stream';
import type { ProgressSink } from './progress-update.js';

/** One JSON object per line: `{"event":"progress","step":…}` and `{"event":"log","message":…}`. */
export function jsonSink(out: Writable): ProgressSink {
  const write = (event: object): void => void out.write(`${JSON.stringify(event)}\n`);
  return {
    update: (update) => write({ event: 'progress', ...update }),
    log: (message) => write({ event: 'log', message }),
    done() {},
  };
}
