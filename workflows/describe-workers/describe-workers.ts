import { proxyActivities } from '@temporalio/workflow';
import { z } from 'zod';
import { parseInputOf } from '../parse-input.js';
import { describeQueue, type DescribeActivities, type DescribeWorkersResult } from './types.js';

z.config({ jitless: true });

const describeWorkersInput = z.strictObject({
  /** As their polls name them. */
  identities: z.array(z.string().min(1)).max(1000).default([]),
});

const DESCRIBE_WORKERS = {
  workflow: 'describeWorkers',
  schema: describeWorkersInput,
  fields: Object.keys(describeWorkersInput.shape),
};

/** Asks workers what they serve and run. One that does not answer at once is left out. */
export async function describeWorkers(input?: unknown): Promise<DescribeWorkersResult> {
  const { identities } = parseInputOf(DESCRIBE_WORKERS, input);
  const answers = await Promise.allSettled(
    identities.map((identity) => {
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
