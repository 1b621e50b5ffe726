import { basename, join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/status.js';
import { openState, projectRunId } from '../../runner/project.js';
import type { PathWorkspace } from '../../workflows/index.js';
import { openSession, type ConnectionFlags, type Session } from '../connection/index.js';
import { sessionRoot } from '../connection/session-root.js';
import { listenForInterrupts } from '../interrupts.js';
import { CommandExit, EXIT } from '../report-error.js';
import { gitProject, type GitPlace, type GitProject } from '../runs/git-place.js';
import { Serving } from '../runs/serving.js';

export interface ServedSessionOptions {
  readonly cwd: string;
  readonly connection: ConnectionFlags;
  /** The project's folder as the workers of a remote server see it. */
  readonly workspace?: string | undefined;
  /** The project is this, and nothing of it need be here. */
  readonly place?: GitPlace | undefined;
  /** The command names what it is about: on a server of others no project need be here. */
  readonly anywhere?: boolean;
  /** Whether what the command asks for needs a worker: on the project's own server this process is one. Default: it does. */
  readonly serve?: boolean;
}

export interface ServedSession {
  readonly session: Session;
  readonly root: string;
  /** For people. */
  readonly project: string;
  /** Workflow id of the project's runs: its other ids begin with it. */
  readonly runId: string;
  readonly workspace: PathWorkspace | GitProject['workspace'];
  /** Aborted by Ctrl-C (`canceled`) or SIGTERM. */
  readonly stop: AbortSignal;
  canceled(): boolean;
  /** Takes over from a process that had the workers and is gone. @throws whatever ended the workers or the server */
  keepServed(): Promise<void>;
}

/**
 * Lends a command its connection, and on the project's own server the workers too, in this process, unless another has them.
 *
 * @throws DiagnosticError; CommandExit when it was interrupted
 */
export async function withServedSession<T>(
  options: ServedSessionOptions,
  use: (served: ServedSession) => Promise<T>,
): Promise<T> {
  const where = await find(options);
  const { root, runId } = where;
  let gone: string | undefined;
  const session = await openSession({
    flags: options.connection,
    root,
    onServerChange: ({ state, message }) => {
      if (state === 'gone') gone = message ?? '';
    },
  });
  const stop = new AbortController();
  let canceled = false;
  const stopListening = listenForInterrupts({
    onCancel() {
      canceled = true;
      stop.abort();
    },
    onLeave: () => stop.abort(),
    onAbandon: () => session.abandon(),
  });
  const state = session.server && options.serve !== false ? await openState(root) : undefined;
  const serving =
    state === undefined
      ? undefined
      : new Serving({ session, root, state, logFile: join(state, 'temporal', 'worker.log') });
  const keepServed = async (): Promise<void> => {
    if (!(await serving?.ensure())) return;
    // What a killed process held is given back at once; a run that is not there holds nothing.
    for (const workflowId of [runId, `${runId}-retrain`, `${runId}-promotion`])
      await serving?.takeOver(workflowId).catch(() => undefined);
  };
  try {
    await keepServed();
    const result = await use({
      ...where,
      session,
      stop: stop.signal,
      canceled: () => canceled,
      async keepServed() {
        if (gone !== undefined) throw serverGone(gone);
        await keepServed();
      },
    });
    if (stop.signal.aborted) throw new CommandExit(canceled ? EXIT.interrupted : EXIT.terminated);
    return result;
  } finally {
    await serving?.drain();
    await session.close();
    stopListening();
  }
}

type Where = Pick<ServedSession, 'root' | 'project' | 'runId' | 'workspace'>;

async function find({ cwd, connection, workspace, place, anywhere }: ServedSessionOptions): Promise<Where> {
  if (place) return { root: cwd, ...gitProject(place, connection) };
  const root = anywhere ? await sessionRoot(connection, cwd) : (await openProject(cwd)).root;
  return {
    root,
    project: basename(root),
    runId: projectRunId(root),
    workspace: { kind: 'path', path: workspace ?? cwd },
  };
}

function serverGone(message: string): DiagnosticError {
  return new DiagnosticError('temporal-server-gone', {
    message: `the embedded Temporal server ended, and could not be started again${message === '' ? '' : `: ${message}`}`,
    fix: 'see .reprise/temporal/server.log; nothing is lost, the same command goes on with the run',
  });
}
