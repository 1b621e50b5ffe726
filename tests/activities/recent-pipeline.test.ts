import { setTimeout as sleep } from 'node:timers/promises';
import { recentPipeline } from '../../activities/recent-pipeline.js';
import { makeProject, writeFiles } from '../rig/project.js';

const PIPELINE = 'stages:\n  first: {cmd: echo > a, outs: [a]}\n';

it('is read once for the stages of a run that ask within two seconds, and let go then', async () => {
  const root = makeProject({ 'dvc.yaml': PIPELINE });
  const first = recentPipeline(root, 'a');
  expect(recentPipeline(root, 'a')).toBe(first);
  expect(recentPipeline(root, 'b')).not.toBe(first);
  expect(recentPipeline(root, undefined)).not.toBe(recentPipeline(root, undefined));
  await first;
  expect(recentPipeline(root, 'a')).toBe(first);
  // For longer where reading takes long.
  while (recentPipeline(root, 'a') === first) await sleep(250);
  expect(await recentPipeline(root, 'a')).not.toBe(await first);
});

it('is read again at once when what was wrong may have been mended', async () => {
  const root = makeProject({ 'dvc.yaml': 'stages: [' });
  await expect(recentPipeline(root, 'a')).rejects.toThrow('not valid YAML');
  writeFiles(root, { 'dvc.yaml': PIPELINE });
  expect((await recentPipeline(root, 'a')).stages).toHaveLength(1);
});
