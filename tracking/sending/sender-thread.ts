import { parentPort, workerData } from 'node:worker_threads';
import { JournalFolder } from '../journal/journal-folder.js';
import { openStore } from '../store/open-store.js';
import { SystemSampler } from '../system/sample.js';
import type { TrackingTarget } from '../target.js';
import { Outbox } from './outbox.js';

/** What the thread is told at its start. */
export interface SenderData {
  readonly state: string;
  readonly target: TrackingTarget;
  /** Of this process's run. */
  readonly journal: string;
  readonly systemMetrics: boolean;
}

export type FromSender =
  | { readonly kind: 'notice'; readonly message: string }
  /** After `finish`: all that could be sent was sent. */
  | {
      readonly kind: 'done';
      readonly unsent: number;
      readonly runId: string | undefined;
      readonly problem: string | undefined;
    };

const PAUSE_MS = { least: 1_000, most: 60_000 } as const;
const SAMPLE_MS = 10_000;
/** How often the last sending is tried again before a training's end. */
const LAST_TRIES = 2;

/**
 * Sends while the training's thread is inside of its steps, which let nothing else of it run. The two share the journal
 * alone.
 */
async function main({ state, target, journal: path, systemMetrics }: SenderData): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this is a thread of another program');
  const tell = (message: FromSender): void => port.postMessage(message);
  const notice = (message: string): void => tell({ kind: 'notice', message });
  const journal = new JournalFolder(path);
  const outbox = new Outbox({
    state,
    uri: target.uri,
    store: openStore(target),
    onRefused: (message) => notice(`not tracked: ${message}`),
  });
  let finishing = false;
  let wake: () => void = () => undefined;
  port.on('message', () => {
    finishing = true;
    wake();
  });
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (finishing) wake();
    });

  const sampler = new SystemSampler();
  let sampledAt = 0;
  let sampledStep = -1;
  let step = 0;
  const sample = async (): Promise<void> => {
    if (!systemMetrics || step <= sampledStep) return;
    sampledAt = Date.now();
    sampledStep = step;
    journal.append({ op: 'metrics', time: sampledAt, step, values: await sampler.sample() });
  };

  let problem: string | undefined;
  let runId: string | undefined;
  let delay: number = PAUSE_MS.least;
  for (let lastTries = 0; ;) {
    const last = finishing;
    try {
      if (last || Date.now() - sampledAt >= SAMPLE_MS) await sample();
      ({ step, runId } = await outbox.send(journal));
      if (problem !== undefined) notice('tracking: the server answers again; what was kept has been sent');
      problem = undefined;
      delay = PAUSE_MS.least;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (problem === undefined && !last) notice(`tracking: ${message}; kept on disk and sent later`);
      problem = message;
      delay = Math.min(2 * delay, PAUSE_MS.most);
    }
    if (last && (problem === undefined || ++lastTries >= LAST_TRIES)) break;
    await (last ? new Promise((resolve) => setTimeout(resolve, 500)) : pause(delay));
  }
  const unsent = outbox.unsent();
  outbox.close();
  tell({ kind: 'done', unsent, runId, problem });
  port.close();
}

await main(workerData as SenderData);
