import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { GitWorkspace, Plan, PlannedStage, Published } from '../types.js';
import { short } from './activities.js';
import { lockEntries, type Ledger } from './ledger.js';

/** Characters of entries that one commit carries: a payload may have 2 MB. */
const BATCH = 500_000;

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

  constructor(
    readonly plan: Plan,
    readonly workspace: GitWorkspace,
  ) {}

  async commit(stage: PlannedStage, entry: string): Promise<void> {
    this.#entries.set(stage.address, entry);
    this.#waiting.push(stage);
    this.#size += entry.length;
    if (this.#size >= BATCH) await this.#write();
  }

  inputsOf(stage: PlannedStage): Readonly<Record<string, string>> {
    return Object.fromEntries(
      stage.upstream.flatMap((address) => {
        const entry = this.#entries.get(address);
        return entry === undefined ? [] : [[address, entry]];
      }),
    );
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
        return lockEntries(this.plan, dvcfile, Object.fromEntries(entries));
      }),
    });
  }
}
