import { createHash } from 'node:crypto';
import type { ReproduceInput, ReproduceResult } from '../../workflows/index.js';
import { openSession, type Session } from '../connection/index.js';
import { listenForInterrupts } from '../interrupts.js';
import { CommandExit, EXIT } from '../report-error.js';
import { followRun } from './follow-run.js';
import { gitProject, type GitPlace, type GitProject } from './git-place.js';
import type { Outcome } from './outcome.js';
import type { ReproOptions } from './repro-options.js';
import { startRun, type StartedRun } from './start-run.js';

export interface ReproGitOptions extends Omit<ReproOptions, 'workspace'> {
  readonly place: GitPlace;
  /** Leave the run to itself once it has begun. */
  readonly detach: boolean;
}

const LOOK_MS = 1_000;

/**
 * `reprise repro --git`: a run in checkouts that its hosts make. Nothing of the project need be here; the workers are others.
 *
 * @throws CommandExit when a stage failed or the user ended it; DiagnosticError
 */
export async function reproGit(options: ReproGitOptions): Promise<void> {
  const project = gitProject(options.place, options.connection);
  const session = await openSession({ flags: options.connection, root: options.cwd });
  try {
    const run = await begin(session, project, options);
    if (run && !options.detach) await follow(session, run, options);
  } finally {
    await session.close();
  }
}

async function begin(
  session: Session,
  { project, runId, workspace }: GitProject,
  options: ReproGitOptions,
): Promise<StartedRun | undefined> {
  const { renderer, detach } = options;
  const input: ReproduceInput = { ...options.input, workspace };
  const run = await startRun({
    client: session.client,
    taskQueue: options.taskQueue,
    workflowId: runId,
    input,
    digest: createHash('sha256').update(JSON.stringify(input)).digest('hex'),
    summary: options.summary,
    wait: options.wait,
    onWait: (message) => renderer.show({ event: 'notice', code: 'waiting', message }),
  });
  if (!run) return undefined;
  const ui = session.runAddress(run.workflowId, run.firstRunId);
  renderer.show({
    event: 'run',
    state: detach ? 'detached' : run.state,
    project,
    workflowId: run.workflowId,
    runId: run.firstRunId,
    ...(ui === undefined ? {} : { ui }),
  });
  return run;
}

async function follow(session: Session, run: StartedRun, { renderer }: ReproGitOptions): Promise<void> {
  const leave = new AbortController();
  const handle = session.client.workflow.getHandle(run.workflowId);
  const stopListening = listenForInterrupts({
    onCancel: () => void handle.cancel().catch(() => leave.abort()),
    onLeave: () => leave.abort(),
    onAbandon: () => session.abandon(),
  });
  try {
    const outcome = await followRun({
      client: session.client,
      address: session.address,
      workflowId: run.workflowId,
      firstRunId: run.firstRunId,
      interval: LOOK_MS,
      signal: leave.signal,
      emit: (event) => renderer.show(event),
      onLook: async () => undefined,
    });
    if (!outcome) throw new CommandExit(EXIT.terminated);
    await tellEnd(session, run, outcome, renderer);
  } finally {
    stopListening();
  }
}

async function tellEnd(
  { client }: Session,
  { workflowId, firstRunId }: StartedRun,
  outcome: Outcome,
  renderer: ReproOptions['renderer'],
): Promise<void> {
  if (outcome.status === 'succeeded') {
    const { published } = (await client.workflow
      .getHandle(workflowId, firstRunId)
      .result()) as ReproduceResult;
    if (published) renderer.show({ event: 'notice', code: 'published', message: placeOf(published) });
  }
  renderer.show({ event: 'end', ...outcome });
  if (outcome.status === 'canceled') throw new CommandExit(EXIT.interrupted);
  if (outcome.status === 'failed') throw new CommandExit(EXIT.failure);
}

function placeOf({ branch, commit, conflict }: NonNullable<ReproduceResult['published']>): string {
  const why = conflict ? ', since somebody else changed the same stages on the wanted one' : '';
  return `the results are on the branch ${branch}${why} (commit ${commit.slice(0, 12)})`;
}
