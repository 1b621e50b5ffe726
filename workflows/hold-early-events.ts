import type {
  ActivateInput,
  Next,
  WorkflowInterceptors,
  WorkflowInternalsInterceptor,
} from '@temporalio/workflow';

/** A text that is in a bundle with this module, also in a minified one, and in no other. */
export const EARLY_EVENTS_HOLDER = 'reprise.holdEarlyEvents';

type Activation = ActivateInput['activation'];
type Jobs = NonNullable<Activation['jobs']>;

/**
 * Keeps a query from changing what a workflow does next.
 *
 * A worker that does not have a run in its cache gets a query together with the run's history up to now: also with events
 * whose workflow task has not begun. The SDK's core (1.24) gives these to the workflow at once, keeps the workflow, and gives it only what
 * came later when that task begins. What the workflow then does of two lots, it will do of one when it is replayed: another order of
 * commands, a run that cannot go on ("[TMPRL1100] Nondeterminism error"). Here the first lot waits until its task begins.
 *
 * It is known by its time. A task has that of its own beginning; events without a task have that of the task before.
 */
class HoldEarlyEvents implements WorkflowInternalsInterceptor {
  readonly name = EARLY_EVENTS_HOLDER;
  #seen: { readonly time: string; readonly historyLength: number } | undefined;
  #held: Jobs = [];

  activate(input: ActivateInput, next: Next<WorkflowInternalsInterceptor, 'activate'>): void {
    const { activation } = input;
    if (isQuery(activation)) return next(input);
    const now = { time: timeOf(activation), historyLength: activation.historyLength ?? 0 };
    const before = this.#seen;
    const isEarly =
      !activation.isReplaying && before?.time === now.time && now.historyLength > before.historyLength;
    if (isEarly) {
      this.#held.push(...(activation.jobs ?? []));
      return;
    }
    this.#seen = now;
    const held = this.#held;
    this.#held = [];
    if (held.length === 0) return next(input);
    const jobs = [...held, ...(activation.jobs ?? [])];
    // As the SDK has them in one activation: what comes from outside first.
    const sorted = [...jobs.filter(isMessage), ...jobs.filter((job) => !isMessage(job))];
    Object.assign(activation, { jobs: sorted });
    next(input);
  }
}

const isQuery = ({ jobs }: Activation): boolean => Boolean(jobs?.some(({ queryWorkflow }) => queryWorkflow));

const isMessage = ({ signalWorkflow, doUpdate }: Jobs[number]): boolean =>
  Boolean(signalWorkflow ?? doUpdate);

function timeOf({ timestamp }: Activation): string {
  return `${String(timestamp?.seconds)}.${timestamp?.nanos}`;
}

/** What the SDK asks a module of interceptors for. */
export const interceptors = (): WorkflowInterceptors => ({ internals: [new HoldEarlyEvents()] });
