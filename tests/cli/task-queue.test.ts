import { makeProject, writeFiles } from '../rig/project.js';
import { endAll, reprise } from '../rig/reprise.js';

afterEach(endAll);

const CHAIN = { 'dvc.yaml': 'stages:\n  first: {cmd: cat in > a, deps: [in], outs: [a]}\n', in: '' };

describe('--task-queue', () => {
  it.each([
    ['repro'],
    ['sweep', 'run', '--param', 'x=1,2', '--metric', 'metrics.json:score'],
    ['retrain'],
    ['watch', 'in'],
    ['schedule', 'create', '--cron', '0 3 * * *'],
  ])('names a queue of workers of a server, and none is configured: %s %s', async (...args) => {
    const root = makeProject(CHAIN);
    writeFiles(root, { 'params.yaml': 'x: 1\n' });
    const { code, stdout, stderr } = await reprise([...args, '--task-queue', 'releases'], root);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^workers of the task queue releases poll a Temporal server[^]*\n {2}fix: name it \(--address/,
    );
  });

  it('has a name', async () => {
    const end = await reprise(['repro', '--task-queue', ''], makeProject(CHAIN));
    expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining('name of a task queue') as string });
  });
});
