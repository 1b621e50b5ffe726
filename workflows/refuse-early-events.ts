import type {
  ActivateInput,
  Next,
  WorkflowInterceptors,
  WorkflowInternalsInterceptor,
} from '@temporalio/workflow';

/** A text that is in a bundle with this module, also in a minified one, and in no other. */
export const EARLY_EVENTS_REFUSER = 'reprise.refuseEarlyEvents';

type Activation = ActivateInput['activation'];

/**
 * Keeps a query from changing what a workflow does next.
 *
 * A worker that does not have a run in its cache gets a query together with the run's history up to now: also with events
 * whose workflow task has not begun. The SDK's core (1.24) gives these to the workflow at once, keeps the workflow, and when that task begins
 * gives it only what came later, or does not ask it at all where nothing did. What the workflow does of two lots, it will do of one when it is
 * replayed: another order of commands, a run that cannot go on ("[TMPRL1100] Nondeterminism error"). So the first lot is
 * refused: the query fails and can be asked again, the core lets go of the workflow, and the task finds the whole history.
 *
 * Early events are known by their time. A task has that of its own beginning; events without a task have that of the task before.
 */
class RefuseEarlyEvents implements WorkflowInternalsInterceptor {
  readonly name = EARLY_EVENTS_REFUSER;
  #seen: { readonly time: string; readonly historyLength: number } | undefined;

  activate(input: ActivateInput, next: Next<WorkflowInternalsInterceptor, 'activate'>): void {
    const { activation } = input;
    if (isQuery(activation)) return next(input);
    const now = { time: timeOf(activation), historyLength: activation.historyLength ?? 0 };
    const before = this.#seen;
    if (!activation.isReplaying && before?.time === now.time && now.historyLength > before.historyLength)
      throw new Error('asked between what happened and the workflow task that tells of it: ask again');
    this.#seen = now;
    next(input);
  }
}

const isQuery = ({ jobs }: Activation): boolean => Boolean(jobs?.some(({ queryWorkflow }) => queryWorkflow));

function timeOf({ timestamp }: Activation): string {
  return `${String(timestamp?.seconds)}.${timestamp?.nanos}`;
}

/** What the SDK asks a module of interceptors for. */
export const interceptors = (): WorkflowInterceptors => ({ internals: [new RefuseEarlyEvents()] });
