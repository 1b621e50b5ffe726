import { createHash } from 'node:crypto';
import { checkParams, parseMetricName } from '../../runner/index.js';
import type { SweepInput } from '../../workflows/index.js';
import type { ConnectionFlags } from '../connection/index.js';
import { listenForInterrupts } from '../interrupts.js';
import { CommandExit, EXIT } from '../report-error.js';
import { openLocalProject, type LocalProject } from '../runs/local-project.js';
import { gitProject, type GitPlace } from '../runs/git-place.js';
import { workflowIdOf } from '../runs/run-identity.js';
import { startRun, type StartedRun } from '../runs/start-run.js';
import type { SweepEvent, SweepRenderer } from './events.js';
import { followSweep } from './follow-sweep.js';
import { SweepServer } from './sweep-server.js';

export interface RunSweepOptions {
  readonly cwd: string;
  readonly input: SweepInput;
  readonly connection: ConnectionFlags;
  /** Default: that of `reprise worker`. */
  readonly taskQueue?: string;
  /** The project's folder as the workers of a remote server see it. Default: as we do. */
  readonly workspace?: string;
  /** Of this repository, of which nothing need be here. */
  readonly place?: GitPlace | undefined;
  /** Start it, and leave it to the workers of a remote server. */
  readonly detach: boolean;
  /** The command as typed, for the UI. */
  readonly summary: string;
  readonly renderer: SweepRenderer;
}

/** Milliseconds between two looks: on a server of this host, and on one that others use too. */
export const LOOK = { embedded: 500, remote: 3_000 } as const;

function left({ workflowId }: StartedRun, place: GitPlace | undefined): SweepEvent {
  return {
    event: 'notice',
    code: 'left',
    message: 'left: the sweep stays open, and the same command goes on with it',
    fix: `to end it: ${place ? `reprise runs cancel ${workflowId}` : 'reprise sweep cancel'}`,
  };
}

/** A project has one sweep at a time. */
export function sweepWorkflowId(local: Pick<LocalProject, 'root' | 'name'>): string {
  return `${workflowIdOf(local)}-sweep`;
}

/**
 * `reprise sweep run`: starts the project's sweep, or takes up the one that is open, and watches it to its end. Ctrl-C leaves it.
 *
 * @throws CommandExit when no trial came to its end, or the user left; DiagnosticError
 */
export async function runSweep(options: RunSweepOptions): Promise<void> {
  const emit = (event: SweepEvent) => options.renderer.show(event);
  // A mistake is told before a server is started.
  const subject = await checked(options);

  const leave = new AbortController();
  let exitCode: number = EXIT.terminated;
  let server: SweepServer | undefined;
  const stopListening = listenForInterrupts({
    onCancel() {
      exitCode = EXIT.interrupted;
      leave.abort();
    },
    onLeave: () => leave.abort(),
    onAbandon: () => server?.session.abandon(),
  });
  try {
    server = await SweepServer.open(subject.root, options.connection, emit);
    const run = await start(options, subject, server, leave.signal, emit);
    if (run && options.detach) return;
    const end = run && (await follow(run, server, leave.signal, emit));
    if (!end) {
      if (run) emit(left(run, options.place));
      throw new CommandExit(exitCode);
    }
    server.owner?.leave();
    emit(end);
    if (end.status === 'canceled') throw new CommandExit(EXIT.interrupted);
    if (end.status !== 'succeeded') throw new CommandExit(EXIT.failure);
  } finally {
    await server?.close();
    stopListening();
  }
}

/** What is swept: the project here, or a repository. */
interface Subject {
  readonly root: string;
  /** For people. */
  readonly name: string;
  readonly workflowId: string;
  readonly workspace: NonNullable<SweepInput['workspace']>;
}

async function checked({ cwd, input, connection, workspace, place }: RunSweepOptions): Promise<Subject> {
  if (place) {
    parseMetricName(input.metric);
    const { project, runId, workspace: repository } = gitProject(place, connection);
    return { root: cwd, name: project, workflowId: `${runId}-sweep`, workspace: repository };
  }
  const dataIsHere = workspace === undefined;
  const local = await openLocalProject(cwd, { targets: input.targets ?? [] }, { dataIsHere });
  parseMetricName(input.metric);
  if (dataIsHere)
    await checkParams(
      cwd,
      [...Object.keys(input.params), ...(input.asha ? [input.asha.resource] : [])],
      local.selected,
    );
  return {
    root: local.root,
    name: local.name,
    workflowId: sweepWorkflowId(local),
    workspace: { kind: 'path', path: workspace ?? cwd },
  };
}

async function start(
  options: RunSweepOptions,
  subject: Subject,
  { session, owner, ...server }: SweepServer,
  signal: AbortSignal,
  emit: (event: SweepEvent) => void,
): Promise<StartedRun | undefined> {
  const input: SweepInput = { ...options.input, workspace: subject.workspace };
  const run = await startRun({
    client: session.client,
    taskQueue: options.taskQueue,
    workflow: 'sweep',
    workflowId: subject.workflowId,
    input,
    // The project is frozen when the sweep begins: what changes in its files meanwhile makes no other sweep.
    digest: createHash('sha256').update(JSON.stringify(input)).digest('hex'),
    summary: options.summary,
    wait: false,
    signal,
    ...(owner ? { owner: () => owner.other() } : {}),
    onWait: () => undefined,
  });
  if (!run) return undefined;
  if (run.state !== 'watching' && server.serving) owner?.take();
  const ui = session.runAddress(run.workflowId, run.firstRunId);
  emit({
    event: 'run',
    state: options.detach ? 'detached' : run.state,
    project: subject.name,
    workflowId: run.workflowId,
    runId: run.firstRunId,
    ...(ui === undefined ? {} : { ui }),
  });
  if (run.replaced)
    emit({
      event: 'notice',
      code: 'replaced',
      message: 'an unfinished sweep of other params was ended: its experiments are kept',
    });
  return run;
}

/** @returns undefined when `signal` ended it */
export async function follow(
  { workflowId, firstRunId, state }: Pick<StartedRun, 'workflowId' | 'firstRunId' | 'state'>,
  server: SweepServer,
  signal: AbortSignal,
  emit: (event: SweepEvent) => void,
) {
  // Until it was seen what a killed process held.
  let behind = state === 'attached';
  let looks = 0;
  return await followSweep({
    client: server.session.client,
    address: server.session.address,
    workflowId,
    firstRunId,
    interval: server.owner ? LOOK.embedded : LOOK.remote,
    signal,
    emit,
    async onLook(children) {
      if (behind) await server.takeOver([workflowId, ...children]);
      if (looks++ > 0) behind = false;
      if (!(await server.keepServed([workflowId, ...children]))) return;
      server.owner?.take();
      emit({
        event: 'notice',
        code: 'taken-over',
        message: 'the process that ran the trials is gone: this one goes on with them',
      });
    },
  });
}
