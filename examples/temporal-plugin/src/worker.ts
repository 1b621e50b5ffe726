import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { ReprisePlugin } from 'reprise';
import * as activities from './activities.js';

const connection = await NativeConnection.connect({
  address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233',
});
const worker = await Worker.create({
  connection,
  taskQueue: 'releases',
  workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
  activities,
  plugins: [new ReprisePlugin({ root: process.cwd() })],
});
console.log('serving releases');
await worker.run();
await connection.close();
