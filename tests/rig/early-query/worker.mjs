// A worker of workflows alone, in a process that can be killed: its server's address and its bundle are given.
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const [address, codePath] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: 'early-query',
  workflowBundle: { codePath },
  stickyQueueScheduleToStartTimeout: '2 seconds',
});
process.stdout.write('up\n');
await worker.run();
