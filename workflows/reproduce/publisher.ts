import { CancellationScope, sleep, workflowInfo } from '@temporalio/workflow';
import type { GitWorkspace, Plan, PlannedStage, Published } from '../types.js';
import { short } from './activities.js';
import type { Ledger } from './ledger.js';
import type { LockOrder } from './lock-order.js';

/** Characters of entries that one commit carries: a payload may have 2 MB. */
const BATCH = 500_000;
/** Characters of inputs that one message to the server carries: it may have 4 MB. */
const MESSAGE = 2_000_000;

/**
 * Commits what the stages made to a branch of the run's repository. Until then the run's own history has it, which outlives
 * any worker; so it is written when there is much of it, and at the end, also of a run that failed or was canceled.
 */
export class Publisher implements Ledger {
  readonly #entries = new Map<string, string>();
  #waiting: PlannedStage[] = [];
  #size = 0;
  #published: Published | undefined;
  #tail: Promise<void> = Promise.resolve();
  /** Characters of inputs that were given since the last message. */
  #given = 0;
  #nextMessage: Promise<void> | undefined;

  constructor(
    readonly plan: Plan,
    readonly order: LockOrder,
    readonly workspace: GitWorkspace,
  ) {}

  async commit(stage: PlannedStage, entry: string): Promise<void> {
    this.#entries.set(stage.address, entry);
    this.#waiting.push(stage);
    this.#size += entry.length;
    if (this.#size >= BATCH) await this.#write();
  }

  /** Outs alone: what they were made from is of no use to who reads them, and there may be thousands. */
  async inputsOf(stage: PlannedStage): Promise<Readonly<Record<string, string>>> {
    const inputs = stage.upstream.flatMap((address) => {
      const outs = outsOf(this.#entries.get(address) ?? '');
      return outs === undefined ? [] : [[address, outs] as const];
    });
    const size = inputs.reduce((sum, [address, outs]) => sum + address.length + outs.length, 0);
    while (this.#given > 0 && this.#given + size > MESSAGE) await this.#message();
    this.#given += size;
    return Object.fromEntries(inputs);
  }

  isAdded(stage: Pick<PlannedStage, 'address'>): boolean {
    return this.order.isAdded(stage);
  }

  /** What is scheduled by then is sent before it goes on. */
  #message(): Promise<void> {
    return (this.#nextMessage ??= sleep(1).then(() => {
      this.#given = 0;
      this.#nextMessage = undefined;
    }));
  }

  async close(): Promise<Published | undefined> {
    await CancellationScope.nonCancellable(() => this.#write());
    return this.#published;
  }

  #write(): Promise<void> {
    const stages = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    const done = this.#tail.then(() => this.#publish(stages));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #publish(stages: readonly PlannedStage[]): Promise<void> {
    if (stages.length === 0) return;
    const dvcfiles = [...new Set(stages.map((stage) => stage.dvcfile))];
    this.#published = await short.publish({
      workspace: this.workspace,
      workflowId: workflowInfo().workflowId,
      results: dvcfiles.map((dvcfile) => {
        const entries = stages
          .filter((stage) => stage.dvcfile === dvcfile)
          .map((stage) => [stage.name, this.#entries.get(stage.address) ?? ''] as const);
        return this.order.place(dvcfile, Object.fromEntries(entries));
      }),
    });
  }
}

/** Of an entry as YAML text, which has them last. */
function outsOf(entry: string): string | undefined {
  const at = entry.search(/^outs:$/m);
  return at < 0 ? undefined : `cmd: ''\n${entry.slice(at)}`;
}
