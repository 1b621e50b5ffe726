import { DefaultLogger, Runtime } from '@temporalio/worker';
import { ReprisePlugin } from '../../../workers/plugin/reprise-plugin.js';
import { workflowBundle } from '../../../workers/workflow-bundle.js';

const warnings: string[] = [];
beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('WARN', ({ message }) => warnings.push(message)) });
});
beforeEach(() => void warnings.splice(0));

const configure = (bundle: { code: string } | { codePath: string }) =>
  new ReprisePlugin().configureWorker({ taskQueue: 'releases', workflowBundle: bundle });

it('tells an application what its bundle lacks, and what to do', () => {
  configure({ code: 'workflows of its own' });
  expect(warnings).toEqual([
    expect.stringMatching(/bundle of releases .* Give the plugin to bundleWorkflowCode/),
  ]);
});

it('says nothing of one that has it, or that is not there', () => {
  configure(workflowBundle());
  configure({ codePath: '/nowhere/bundle.js' });
  expect(warnings).toEqual([]);
});
