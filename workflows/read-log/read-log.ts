import { proxyActivities } from '@temporalio/workflow';
import { parseInputOf } from '../parse-input.js';
import { summaryOf } from '../summary.js';
import { logQueue, readLogInput, type HostActivities, type LogPart } from './input.js';

const READ_LOG = { workflow: 'readLog', schema: readLogInput, fields: Object.keys(readLogInput.shape) };

/**
 * Brings a part of a stage's log from the host that has it. A client cannot ask a host, only a workflow can; this one is as
 * small as can be, and whoever starts it deletes it.
 */
export async function readLog(input?: unknown): Promise<LogPart> {
  const options = parseInputOf(READ_LOG, input);
  const host = proxyActivities<HostActivities>({
    taskQueue: logQueue(options.host),
    // A host that does not take it up at once is away: the reader is told so, and may ask again.
    scheduleToStartTimeout: '10 seconds',
    startToCloseTimeout: `${options.wait + 20} seconds`,
    retry: { maximumAttempts: 2 },
    summary: summaryOf(`${options.stage} on ${options.host}`),
  });
  return await host.readLog(options);
}
