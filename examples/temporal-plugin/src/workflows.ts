import { executeChild, proxyActivities } from '@temporalio/workflow';
import {
  describeWorkers,
  promote,
  readLog,
  reproduce,
  reproduceStage,
  retrain,
  sweep,
} from 'reprise/workflows';
import type * as activities from './activities.js';

// A plugin cannot bring workflows: these become known to the worker by being exported here.
export { describeWorkers, promote, readLog, reproduce, retrain, sweep };

const { announce } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

/** A workflow of the application's own, of which a DVC pipeline is a part. */
export async function release(version: string): Promise<string> {
  // One stage, in the middle of other work.
  const { stages } = await reproduceStage('words', { workspace: { kind: 'path', path: 'pipeline' } });
  await announce(`${version}: words: ${stages.map(({ outcome }) => outcome).join(', ')}`);

  // All that is left, as a run of its own, with its table of stages, its progress and its pauses.
  const result = await executeChild(reproduce, {
    args: [{ targets: ['report'], workspace: { kind: 'path', path: 'pipeline' } }],
  });
  const outcomes = result.stages.map(({ address, outcome }) => `${address} ${outcome}`).join(', ');
  await announce(`${version}: ${outcomes}`);
  return outcomes;
}
