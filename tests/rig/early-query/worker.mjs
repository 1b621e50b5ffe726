// A worker of workflows, in a process that can be killed. Given: its server's address, and as JSON what its workflows come from
// (`codePath`, or `workflowsPath` to bundle), whether it bundles them before it makes the worker (`bundle`), and the folder that
// ReprisePlugin serves, for one of an application that has it (`root`).
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';

const [address, options] = process.argv.slice(2);
const { codePath, workflowsPath, bundle = false, root } = JSON.parse(options);
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });
const plugins = [];
if (root !== undefined) {
  const built = new URL('../../../dist/workers/plugin/index.js', import.meta.url);
  const { ReprisePlugin } = await import(built.href);
  plugins.push(new ReprisePlugin({ root }));
}
const workflows = bundle
  ? { workflowBundle: await bundleWorkflowCode({ workflowsPath, plugins, logger }) }
  : { ...(codePath ? { workflowBundle: { codePath } } : { workflowsPath }) };
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'early-query',
  ...workflows,
  plugins,
  stickyQueueScheduleToStartTimeout: '2 seconds',
});
const running = worker.run();
while (worker.getState() !== 'RUNNING') await sleep(20);
process.stdout.write('up\n');
await running;
