import { Client, Connection } from '@temporalio/client';
import { startReproduce, stateOf } from 'reprise';

const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
const client = new Client({ connection });

// The application's workflow, which has the pipeline in it.
const outcomes = await client.workflow.execute('release', {
  taskQueue: 'releases',
  workflowId: `release-${Date.now()}`,
  args: ['v1'],
});
console.log(`release: ${String(outcomes)}`);

// The pipeline alone: nothing is left to do.
const run = await startReproduce(client, {
  taskQueue: 'releases',
  workflowId: `pipeline-${Date.now()}`,
  input: { workspace: { kind: 'path', path: 'pipeline' } },
});
await run.result();
const { status, stages } = await stateOf(run);
console.log(`pipeline: ${status}, ${stages.map((stage) => `${stage.address} ${stage.status}`).join(', ')}`);
await connection.close();
