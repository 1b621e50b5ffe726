import { join } from 'node:path';
import type { ReproduceInput } from '../../workflows/index.js';
import { openState } from '../../runner/index.js';
import { openSession, resolveTarget, type ConnectionFlags, type Session } from '../connection/index.js';
import type { Renderer, RunEvent } from '../display/index.js';
import { listenForInterrupts } from '../interrupts.js';
import { CommandExit, EXIT } from '../report-error.js';
import { findChanges } from './changes.js';
import { followRun } from './follow-run.js';
import { openLocalProject, type LocalProject } from './local-project.js';
import { readMetrics } from './metrics.js';
import type { Outcome } from './outcome.js';
import { findReports } from './reports.js';
import { inputDigest, workflowIdOf } from './run-identity.js';
import { RunOwner } from './run-owner.js';
import { Serving } from './serving.js';
import { startRun, type StartedRun } from './start-run.js';

export interface ReproOptions {
  readonly cwd: string;
  readonly input: Omit<NonNullable<ReproduceInput>, 'workspace' | 'carried'>;
  readonly connection: ConnectionFlags;
  /** The project's folder as the workers of a remote server see it. Default: as we do. */
  readonly workspace?: string;
  /** Wait for another run of this project. */
  readonly wait: boolean;
  /** The command as typed, for the UI. */
  readonly summary: string;
  readonly renderer: Renderer;
}

/** Milliseconds between two looks at a run: on a server of this host, and on one that others use too. */
const LOOK = { embedded: 500, remote: 3_000 } as const;

const LEFT: RunEvent = {
  event: 'notice',
  code: 'left',
  message: 'left: the run stays open, and the same command goes on with it',
};

/**
 * `reprise repro`: starts the project's run, or takes up the one that is open, and watches it to its end.
 *
 * @throws CommandExit when a stage failed or the user ended it; DiagnosticError
 */
export async function repro(options: ReproOptions): Promise<void> {
  const filesAreHere = options.workspace === undefined;
  const local = await openLocalProject(options.cwd, selectionOf(options), { filesAreHere });
  const command = new ReproCommand(options, local);
  if (await command.isUpToDate()) return;
  await command.run();
}

export function selectionOf({ input }: Pick<ReproOptions, 'input'>) {
  const { targets = [], singleItem, downstream, pipeline, allPipelines, recursive, glob } = input;
  const flags = { singleItem, downstream, pipeline, allPipelines, recursive, glob };
  return { targets, ...Object.fromEntries(Object.entries(flags).filter(([, on]) => on)) };
}

class ReproCommand {
  readonly #emit: (event: RunEvent) => void;
  readonly #leave = new AbortController();
  #session: Session | undefined;
  #owner: RunOwner | undefined;
  #serving: Serving | undefined;
  #run: StartedRun | undefined;
  #exitCode: number = EXIT.terminated;

  constructor(
    readonly options: ReproOptions,
    readonly local: LocalProject,
  ) {
    this.#emit = (event) => options.renderer.show(event);
  }

  /** Where nothing changed there is nothing to ask a server, unless a run was left unfinished. */
  async isUpToDate(): Promise<boolean> {
    const { input, connection } = this.options;
    if (input.force || resolveTarget(connection).kind === 'remote') return false;
    if (new RunOwner(await openState(this.local.root)).present()) return false;
    const started = Date.now();
    const changes = await findChanges(this.local, false);
    if (changes.some(({ reasons }) => reasons.length > 0)) return false;
    const stages = changes.map(({ stage }) => ({
      address: stage.address,
      outcome: 'skipped' as const,
      seconds: 0,
      attempts: 0,
    }));
    await this.#finish({ status: 'up-to-date', seconds: (Date.now() - started) / 1000, stages });
    return true;
  }

  async run(): Promise<void> {
    const stopListening = listenForInterrupts({
      onCancel: () => void this.#cancel(),
      onLeave: () => this.#leave.abort(),
      onAbandon: () => this.#session?.abandon(),
    });
    try {
      await this.#open();
      let outcome = await this.#once();
      // A run that was taken up may have done its first stages before files changed: what it left out is run now.
      if (outcome && this.#run?.state === 'attached' && (await this.#isBehind(outcome)))
        outcome = await this.#once();
      if (!outcome) {
        if (this.#run) this.#emit(LEFT);
        throw new CommandExit(this.#exitCode);
      }
      await this.#finish(outcome);
      if (outcome.status === 'canceled') throw new CommandExit(EXIT.interrupted);
      if (outcome.status === 'failed') throw new CommandExit(EXIT.failure);
    } finally {
      // A run that ended in order has no owner; one that was left has its dead owner's name on it.
      await this.#serving?.drain();
      await this.#session?.close();
      stopListening();
    }
  }

  async #open(): Promise<void> {
    const { local, options } = this;
    const session = await openSession({
      flags: options.connection,
      root: local.root,
      onServerChange: ({ state, message }) => {
        if (state === 'gone')
          this.#emit({ event: 'notice', code: 'temporal-server-gone', message: message ?? '' });
      },
    });
    this.#session = session;
    const { address, uiAddress, server } = session;
    this.#emit({
      event: 'server',
      state: server ? (server.started ? 'started' : 'found') : 'connected',
      address,
      ...(uiAddress === undefined ? {} : { ui: uiAddress }),
    });
    if (!server) return;
    const state = await openState(local.root);
    this.#owner = new RunOwner(state);
    this.#serving = new Serving({
      session,
      root: local.root,
      state,
      logFile: join(state, 'temporal', 'worker.log'),
    });
    await this.#serving.ensure();
  }

  /** One run, from its start or from where it is, to its end. */
  async #once(): Promise<Outcome | undefined> {
    const { options, local } = this;
    const session = this.#session as Session;
    const owner = this.#owner;
    const input: ReproduceInput = {
      ...options.input,
      workspace: { kind: 'path', path: options.workspace ?? options.cwd },
    };
    const run = await startRun({
      client: session.client,
      workflowId: workflowIdOf(local),
      input,
      digest: inputDigest(input, local),
      summary: options.summary,
      wait: options.wait,
      signal: this.#leave.signal,
      ...(owner ? { owner: () => owner.other() } : {}),
      onWait: (message) => this.#emit({ event: 'notice', code: 'waiting', message }),
    });
    if (!run) return undefined;
    await this.#began(run, session);
    return await followRun({
      client: session.client,
      address: session.address,
      workflowId: run.workflowId,
      firstRunId: run.firstRunId,
      interval: owner ? LOOK.embedded : LOOK.remote,
      signal: this.#leave.signal,
      emit: this.#emit,
      onLook: () => this.#keepServed(run),
    });
  }

  async #began(run: StartedRun, session: Session): Promise<void> {
    this.#run = run;
    if (run.state !== 'watching') this.#owner?.take();
    const ui = session.runAddress(run.workflowId, run.firstRunId);
    this.#emit({
      event: 'run',
      state: run.state,
      project: this.local.name,
      workflowId: run.workflowId,
      runId: run.firstRunId,
      ...(ui === undefined ? {} : { ui }),
    });
    if (run.replaced) {
      this.#emit({
        event: 'notice',
        code: 'replaced',
        message: 'an unfinished run of other targets or other files was ended: what it finished is kept',
      });
    }
    if (run.state === 'attached') await this.#serving?.takeOver(run.workflowId);
  }

  /** Takes over from a process that died while we watched its run. */
  async #keepServed(run: StartedRun): Promise<void> {
    if (!(await this.#serving?.ensure())) return;
    this.#owner?.take();
    this.#run = { ...run, state: 'attached' };
    this.#emit({
      event: 'notice',
      code: 'taken-over',
      message: 'the process that ran the stages is gone: this one goes on with them',
    });
    await this.#serving?.takeOver(run.workflowId);
  }

  async #isBehind({ status }: Outcome): Promise<boolean> {
    if (status !== 'succeeded' && status !== 'up-to-date') return false;
    const local = await openLocalProject(this.options.cwd, selectionOf(this.options));
    const changes = await findChanges(local, false);
    return changes.some(({ reasons, always }) => reasons.length > 0 && !always);
  }

  async #cancel(): Promise<void> {
    const run = this.#run;
    if (!run || run.state === 'watching') {
      this.#exitCode = EXIT.interrupted;
      this.#leave.abort();
      return;
    }
    this.#emit({
      event: 'notice',
      code: 'canceling',
      message: 'ending what runs; a second Ctrl-C leaves at once',
    });
    try {
      await this.#session?.client.workflow.getHandle(run.workflowId).cancel();
    } catch (error) {
      this.#emit({
        event: 'notice',
        code: 'cancel-failed',
        message: `it could not be ended: ${(error as Error).message}`,
      });
      this.#exitCode = EXIT.interrupted;
      this.#leave.abort();
    }
  }

  async #finish(outcome: Outcome): Promise<void> {
    this.#owner?.leave();
    if (outcome.status === 'succeeded' || outcome.status === 'up-to-date') {
      for (const event of await readMetrics(this.local)) this.#emit(event);
      for (const event of await findReports(this.local)) this.#emit(event);
    }
    this.#emit({ event: 'end', ...outcome });
  }
}
