import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openState } from '../../runner/project.js';
import type { ReproduceInput } from '../../workflows/index.js';
import { openSession, resolveTarget, type Session } from '../connection/index.js';
import type { RunEvent } from '../display/index.js';
import { listenForInterrupts } from '../interrupts.js';
import { CommandExit, EXIT } from '../report-error.js';
import { findChanges } from './changes.js';
import { followRun } from './follow-run.js';
import { openLocalProject, type LocalProject } from './local-project.js';
import type { Outcome } from './outcome.js';
import { selectionOf, type ReproOptions } from './repro-options.js';
import { inputDigest, workflowIdOf } from './run-identity.js';
import { RunOwner, openRunOf } from './run-owner.js';
import type { Serving } from './serving.js';
import { startRun, type StartedRun } from './start-run.js';
import { tellEnd } from './tell-end.js';

/** Milliseconds between two looks at a run: on a server of this host, and on one that others use too. */
const LOOK = { embedded: 500, remote: 3_000 } as const;

const LEFT: RunEvent = {
  event: 'notice',
  code: 'left',
  message: 'left: the run stays open, and the same command goes on with it',
};

/**
 * Starts the project's run, or takes up the one that is open, and watches it to its end.
 *
 * @throws CommandExit when a stage failed or the user ended it; DiagnosticError
 */
export async function runOnServer(options: ReproOptions, local: LocalProject): Promise<void> {
  await new ServerRun(options, local).run();
}

class ServerRun {
  readonly #emit: (event: RunEvent) => void;
  readonly #leave = new AbortController();
  #session: Session | undefined;
  #owner: RunOwner | undefined;
  /** Where the server is one of others, and works in this folder. */
  #openRun: RunOwner | undefined;
  #serving: Serving | undefined;
  #run: StartedRun | undefined;
  #exitCode: number = EXIT.terminated;
  /** The embedded server ended, and cannot be started again. */
  #lost: DiagnosticError | undefined;

  constructor(
    readonly options: ReproOptions,
    readonly local: LocalProject,
  ) {
    this.#emit = (event) => options.renderer.show(event);
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
      this.#owner?.leave();
      this.#openRun?.leave();
      await tellEnd(this.local, outcome, this.#emit);
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
    const isEmbedded = resolveTarget(options.connection).kind === 'embedded';
    const { Serving } = isEmbedded ? await import('./serving.js') : {};
    Serving?.prepare(await openState(local.root));
    const session = await openSession({
      flags: options.connection,
      root: local.root,
      onServerChange: ({ state, message }) => {
        if (state === 'gone') this.#lost = serverGone(message);
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
    if (!server || !Serving) {
      if (options.workspace === undefined) this.#openRun = await openRunOf(local.root, session);
      return;
    }
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
      taskQueue: options.taskQueue,
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
    this.#openRun?.takeIfPossible();
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
    if (this.#lost) throw this.#lost;
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

  async #isBehind({ status, stages }: Outcome): Promise<boolean> {
    if (status !== 'succeeded' && status !== 'up-to-date') return false;
    // A failure that was ignored is not to be had twice.
    if (stages.some(({ outcome }) => outcome === 'failed')) return false;
    const { allowMissing, commit } = this.options.input;
    const local = await openLocalProject(this.options.cwd, selectionOf(this.options), {
      dataIsHere: !allowMissing,
    });
    // What was not to be put into the cache is missing there.
    const changes = await findChanges(local, { allowMissing: allowMissing === true || commit === false });
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
}

function serverGone(message: string | undefined): DiagnosticError {
  return new DiagnosticError('temporal-server-gone', {
    message: `the embedded Temporal server ended, and could not be started again${message === undefined ? '' : `: ${message}`}`,
    fix: 'see .reprise/temporal/server.log; nothing is lost, the same command goes on with the run',
  });
}
