import { condition, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { z } from 'zod';
import { parsePayload } from '../parse-input.js';
import { APPROVE_UPDATE, REJECT_UPDATE, SUPERSEDE_SIGNAL } from '../retrain/types.js';
import type { PromotionSettings } from './settings.js';
import type { Answer, Decided } from './types.js';

const answer = z.strictObject({
  by: z.string().trim().min(1, 'expected a name').max(200),
  reason: z.string().trim().max(2000).default(''),
});

const approveUpdate = defineUpdate<Decided, [Answer]>(APPROVE_UPDATE);
const rejectUpdate = defineUpdate<Decided, [Answer]>(REJECT_UPDATE);
const supersedeSignal = defineSignal<[unknown]>(SUPERSEDE_SIGNAL);

export type ApprovalEnd = Decided | 'expired' | 'superseded';

/** Waits for a person. Answers that cannot be taken are refused by the updates' validators, and leave no trace. */
export class Approval {
  #open: boolean;
  #decided: Decided | undefined;
  #superseded = false;

  /** @param open whether answers are taken already: what was judged before can be answered from the first */
  constructor(open: boolean) {
    this.#open = open;
    const validator = (given: Answer): void => this.#check(given);
    setHandler(approveUpdate, (given) => this.#take('approve', given), {
      description: '{by, reason?}: the model goes into production',
      validator,
    });
    setHandler(rejectUpdate, (given) => this.#take('reject', given), {
      description: '{by, reason?}: the model in production stays',
      validator,
    });
    setHandler(
      supersedeSignal,
      () => {
        this.#superseded = true;
      },
      { description: 'a newer candidate takes its place' },
    );
  }

  /**
   * @param onReminder half-way: nobody has answered yet
   * @param onExpired with `onTimeout: hold`: the time is over, and it goes on waiting
   */
  async wait(
    { approvalTimeout, reminder, onTimeout }: PromotionSettings,
    on: { reminder(): void; expired(): void },
  ): Promise<ApprovalEnd> {
    this.#open = true;
    try {
      const first = reminder > 0 ? Math.min(reminder, approvalTimeout) : approvalTimeout;
      if (!(await this.#answered(first))) {
        if (first < approvalTimeout) {
          on.reminder();
          await this.#answered(approvalTimeout - first);
        }
        if (!this.#ended) {
          if (onTimeout === 'reject') return 'expired';
          on.expired();
          await condition(() => this.#ended);
        }
      }
      return this.#decided ?? 'superseded';
    } finally {
      this.#open = false;
    }
  }

  get #ended(): boolean {
    return this.#decided !== undefined || this.#superseded;
  }

  async #answered(seconds: number): Promise<boolean> {
    return await condition(() => this.#ended, seconds * 1000);
  }

  #check(given: unknown): void {
    if (this.#decided) {
      const { answer: before, by, at } = this.#decided;
      throw new Error(`it was decided already: ${before} by ${by}, ${at}`);
    }
    if (!this.#open) throw new Error('it does not wait for an answer');
    parsePayload(answer, given);
  }

  #take(kind: Decided['answer'], given: unknown): Decided {
    this.#decided = { answer: kind, ...parsePayload(answer, given), at: new Date().toISOString() };
    return this.#decided;
  }
}
