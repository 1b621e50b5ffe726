import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import { z } from 'zod';
import { describeQueue, type DescribeActivities, type DescribeWorkersResult } from './types.js';

z.config({ jitless: true });

const describeWorkersInput = z
  .strictObject({
    /** As their polls name them. */
    identities: z.array(z.string().min(1)).max(1000).default([]),
  })
  .prefault({});

/** Asks workers what they serve and run. One that does not answer at once is left out. */
export async function describeWorkers(input?: unknown): Promise<DescribeWorkersResult> {
  const parsed = describeWorkersInput.safeParse(input ?? undefined);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') || 'input';
    throw ApplicationFailure.nonRetryable(`${field}: ${issue?.message}`, 'InvalidInput', { field });
  }
  const answers = await Promise.allSettled(
    parsed.data.identities.map((identity) => {
      const { describeWorker } = proxyActivities<DescribeActivities>({
        taskQueue: describeQueue(identity),
        scheduleToStartTimeout: '3 seconds',
        startToCloseTimeout: '3 seconds',
        retry: { maximumAttempts: 1 },
        summary: identity,
      });
      return describeWorker();
    }),
  );
  return { workers: answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])) };
}
