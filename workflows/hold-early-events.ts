import type {
  ActivateInput,
  Next,
  WorkflowInterceptors,
  WorkflowInternalsInterceptor,
} from '@temporalio/workflow';

/** A text that is in a bundle with this module, also in a minified one, and in no other. */
export const EARLY_EVENTS_HOLDER = 'reprise.holdOffEarlyEvents';

type Activation = ActivateInput['activation'];

/**
 * Keeps a query from changing what a workflow does next.
 *
 * A worker that does not have a run in its cache gets a query together with the run's history up to now: also with events
 * whose workflow task has not begun. The SDK's core (1.24) gives these to the workflow at once, keeps the workflow, and gives it only what
 * came later when that task begins; when nothing did, it ends the task without asking the workflow. What the workflow does of two lots,
 * it will do of one when it is replayed: another order of commands, a run that cannot go on ("[TMPRL1100] Nondeterminism error"). Nor
 * can the first lot wait here for its task, which may bring nothing more: the run would stand still for good.
 *
 * So it is refused. The core then has the query fail, and forgets the workflow, so that the task begins with the whole history. Whoever
 * asked asks again.
 *
 * Early events are known by their time. A task has that of its own beginning; events without a task have that of the task before.
 */
class HoldOffEarlyEvents implements WorkflowInternalsInterceptor {
  readonly name = EARLY_EVENTS_HOLDER;
  #seen: { readonly time: string; readonly historyLength: number } | undefined;

  activate(input: ActivateInput, next: Next<WorkflowInternalsInterceptor, 'activate'>): void {
    const { activation } = input;
    if (isQuery(activation)) return next(input);
    const now = { time: timeOf(activation), historyLength: activation.historyLength ?? 0 };
    const before = this.#seen;
    if (!activation.isReplaying && before?.time === now.time && now.historyLength > before.historyLength)
      throw new Error('the run is about to go on: ask again');
    this.#seen = now;
    next(input);
  }
}

const isQuery = ({ jobs }: Activation): boolean => Boolean(jobs?.some(({ queryWorkflow }) => queryWorkflow));

function timeOf({ timestamp }: Activation): string {
  return `${String(timestamp?.seconds)}.${timestamp?.nanos}`;
}

/** What the SDK asks a module of interceptors for. */
export const interceptors = (): WorkflowInterceptors => ({ internals: [new HoldOffEarlyEvents()] });
