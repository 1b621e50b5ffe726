import { ActivityFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { RetrainPlan } from '../retrain/types.js';
import { notify } from './activities.js';
import type { NotificationEvent, NotificationResult } from './types.js';

/** Tells people, and keeps account of it. A channel that fails is a line in the result: it never fails the run. */
export class Notices {
  readonly #sent: Promise<NotificationResult>[] = [];

  constructor(readonly plan: Pick<RetrainPlan, 'project' | 'workspace' | 'channels'>) {}

  /** Returns at once. */
  tell(event: NotificationEvent, title: string, lines: readonly string[]): void {
    const { project, workspace, channels } = this.plan;
    const notification = { event, project, workflowId: workflowInfo().workflowId, title, lines };
    for (const { name } of channels.filter((channel) => channel.events.includes(event))) {
      const sending = CancellationScope.nonCancellable(() =>
        notify({ workspace, channel: name, notification }),
      ).then(
        () => ({ event, channel: name, sent: true }),
        (error: unknown) => ({ event, channel: name, sent: false, error: messageOf(error) }),
      );
      this.#sent.push(sending);
    }
  }

  /** Waits for what is under way. */
  async results(): Promise<readonly NotificationResult[]> {
    return await CancellationScope.nonCancellable(() => Promise.all(this.#sent));
  }
}

function messageOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
