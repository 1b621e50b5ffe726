import type { Plan, PlannedStage } from '../types.js';
import { short } from './activities.js';

/**
 * The run's one writer of dvc.lock. Entries that come while a commit is under way are written together by the next one, and
 * {@link commit} returns once its entry is on disk: what a killed run had finished stays finished.
 */
export class LockWriter {
  readonly #waiting = new Map<string, Record<string, string>>();
  #tail: Promise<void> = Promise.resolve();

  constructor(readonly plan: Plan) {}

  commit(stage: PlannedStage, entry: string): Promise<void> {
    const batch = this.#waiting.get(stage.dvcfile);
    if (batch) batch[stage.name] = entry;
    else this.#waiting.set(stage.dvcfile, { [stage.name]: entry });
    const done = this.#tail.then(() => this.#write(stage.dvcfile));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #write(dvcfile: string): Promise<void> {
    const entries = this.#waiting.get(dvcfile);
    if (!entries) return;
    this.#waiting.delete(dvcfile);
    const planned = this.plan.stages.filter((stage) => stage.dvcfile === dvcfile);
    await short.commitLock({
      workspace: this.plan.workspace,
      dvcfile,
      entries,
      plannedOrder: planned.map((stage) => stage.name),
      added: planned.filter((stage) => !stage.locked).map((stage) => stage.name),
    });
  }
}
