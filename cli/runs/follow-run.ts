import type { RunState } from '../../workflows/index.js';
import type { RunEvent } from '../display/index.js';
import { Observer } from './observer.js';
import { readOutcome, type Outcome } from './outcome.js';
import { takeSnapshot } from './snapshot.js';
import { watchWorkflow, type WatchOptions } from './watch-workflow.js';

export interface FollowOptions extends WatchOptions {
  emit(event: RunEvent): void;
  /** Called between two looks; what it throws ends the following. */
  onLook(): Promise<void>;
}

/** A look at more stages than this is work: for us, for the server, and for the worker that is to run them. */
const MANY_STAGES = 500;
/** Then a wait is so many times as long as the look before it. */
const LOOK_SHARE = 4;

/**
 * Watches a run to its end. A server that goes away is waited for: the run is in its database.
 *
 * @returns undefined when `signal` ended it
 * @throws DiagnosticError `run-stuck`; when the run failed before its stages, or the server refuses us
 */
export async function followRun(options: FollowOptions): Promise<Outcome | undefined> {
  const { client, workflowId, emit } = options;
  const observer = new Observer(emit);
  let state: RunState | undefined;
  return await watchWorkflow(options, {
    what: 'run',
    before: () => options.onLook(),
    async look() {
      const looked = Date.now();
      const snapshot = await takeSnapshot(client, workflowId);
      const isMuch = (snapshot.state?.stages.length ?? 0) > MANY_STAGES;
      return {
        ...snapshot,
        isAnswered: snapshot.state !== undefined,
        ...(isMuch ? { rest: LOOK_SHARE * (Date.now() - looked) } : {}),
      };
    },
    see(snapshot) {
      state = snapshot.state ?? state;
      observer.see(snapshot);
    },
    async end(runId) {
      const outcome = await readOutcome(client, workflowId, runId, state);
      observer.finish(outcome.stages);
      return outcome;
    },
  });
}
