import { DiagnosticError } from '../../diagnostics/index.js';
import { openState } from '../../runner/index.js';
import { NEW_DATA_SIGNAL, WORKFLOW_QUEUE } from '../../workflows/index.js';
import type { ConnectionFlags } from '../connection/index.js';
import type { GitPlace } from '../runs/git-place.js';
import { say } from '../retrain/say.js';
import { withServedSession, type ServedSession } from '../retrain/served-session.js';
import { pause } from '../runs/pause.js';
import { listen } from './listen.js';
import { Seen } from './seen.js';
import { openSource, type DataSource } from './source.js';

export interface WatchOptions {
  readonly cwd: string;
  /** Files, folders, `s3://bucket/prefix`. */
  readonly places: readonly string[];
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Seconds without news that a retraining waits for. */
  readonly debounce: number;
  readonly port: number | undefined;
  /** Environment variable that has the token of `--listen`. */
  readonly tokenEnv: string | undefined;
  readonly workspace: string | undefined;
  /** What is retrained is this repository, and nothing of it need be here. */
  readonly place?: GitPlace | undefined;
  readonly connection: ConnectionFlags;
  /** Default: that of `reprise worker`. */
  readonly taskQueue?: string;
  readonly json: boolean;
}

/** `reprise watch`: retrains when data arrives, until a signal. */
export async function watchData(options: WatchOptions): Promise<void> {
  const { cwd, places, port, tokenEnv, json } = options;
  const token = tokenEnv === undefined ? undefined : tokenIn(tokenEnv);
  const sources = await Promise.all(places.map((place) => openSource(place, cwd)));
  await withServedSession(options, async (served) => {
    const tell = async (source: string): Promise<void> => {
      await signalNewData(served, options, source);
      say(json, { event: 'new-data', source }, [`new data: ${source}`]);
    };
    const listener =
      port === undefined ? undefined : await listen({ port, token, onNewData: () => tell('--listen') });
    const names = [...sources.map(({ name }) => name), ...(listener ? [listener.address] : [])];
    say(json, { event: 'watch', sources: names, workflowId: workflowIdOf(served) }, [
      `watching ${names.join(', ')}`,
    ]);
    try {
      await look(served, sources, options, tell);
    } finally {
      await listener?.close();
    }
  });
}

async function look(
  served: ServedSession,
  sources: readonly DataSource[],
  { interval, place, json }: WatchOptions,
  tell: (source: string) => Promise<void>,
): Promise<void> {
  const state = await openState(served.root);
  // One folder may watch the same place for several repositories.
  const whose = place ? `${served.runId}\0` : '';
  const watched = sources.map((source) => ({ source, seen: new Seen(state, whose + source.name) }));
  while (!served.stop.aborted) {
    await served.keepServed();
    for (const { source, seen } of watched) {
      try {
        const digest = await source.digest();
        const before = seen.get();
        // Only when it is told is it seen: a server that is away is told at the next look.
        if (before !== undefined && before !== digest) await tell(source.name);
        if (before !== digest) seen.set(digest);
      } catch (error) {
        const message = `${source.name} could not be looked at: ${(error as Error).message}`;
        say(json, { event: 'notice', code: 'watch-failed', message }, [message]);
      }
    }
    await pause(interval, served.stop);
  }
}

/** Starts the project's retraining, or tells the one that is open that one more round is to follow. */
async function signalNewData(
  served: ServedSession,
  { debounce, taskQueue = WORKFLOW_QUEUE }: WatchOptions,
  source: string,
): Promise<void> {
  await served.session.client.workflow.signalWithStart('retrain', {
    taskQueue,
    workflowId: workflowIdOf(served),
    args: [{ workspace: served.workspace, debounce }],
    signal: NEW_DATA_SIGNAL,
    signalArgs: [{ source }],
    staticSummary: 'reprise watch',
  });
}

function workflowIdOf({ runId }: ServedSession): string {
  return `${runId}-retrain`;
}

function tokenIn(variable: string): string {
  const value = process.env[variable];
  if (value) return value;
  throw new DiagnosticError('secret-missing', {
    message: `${variable} is not set`,
    fix: `set it to the token that callers are to show, or leave out --token-env`,
  });
}
