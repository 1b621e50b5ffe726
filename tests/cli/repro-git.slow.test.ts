import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startGit, type GitServer } from '../rig/git-server.js';
import { endAll, eventsOf, outcomesOf, reprise } from '../rig/reprise.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

let env: TestWorkflowEnvironment;
let git: GitServer;
let stop: (() => Promise<void>) | undefined;
const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-git-')));
beforeAll(async () => {
  [env, git] = await Promise.all([startTemporal(), startGit()]);
  stop = await startWorkers(env, temporary(), { repositories: [git.url] });
});
afterEach(endAll);
afterAll(async () => {
  await stop?.();
  git?.stop();
  await env?.teardown();
});

it('reprise repro --git runs a repository from a folder that has nothing of it, and says what is wrong', async () => {
  const { url, git: inClone } = git.makeRepository(randomUUID(), {
    'dvc.yaml': 'stages:\n  one: {cmd: cat in.txt > out.txt, deps: [in.txt], outs: [out.txt]}\n',
    'in.txt': 'one\n',
  });
  const here = temporary();
  const repro = (...args: string[]) => reprise(['repro', ...args], here, { TEMPORAL_ADDRESS: env.address });
  const end = await repro('--git', url, '--rev', 'main', '--branch', 'main', '--json');
  expect(end).toMatchObject({ code: 0 });
  expect(outcomesOf(end)).toEqual({ one: 'ran' });
  expect(eventsOf(end.stdout)).toContainEqual(
    expect.objectContaining({ event: 'notice', code: 'published', message: expect.stringContaining('main') }),
  );
  inClone('pull', '--quiet', 'origin', 'main');
  expect(inClone('show', 'HEAD:dvc.lock')).toContain('out.txt');

  expect(await repro('--git', url, '--rev', 'none')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the repository has no branch or tag none[^]*fix: push it first/),
  });
  expect(await repro('--git', 'https://example.com/x.git')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/does not take runs of the repository https:\/\/example\.com\/x\.git/),
  });
  expect(await repro('--rev', 'main')).toMatchObject({
    code: expect.any(Number),
    stderr: expect.stringContaining('--rev is of use with --git only'),
  });
  const alone = await reprise(['repro', '--git', url], here);
  expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('needs a Temporal server') });
});
