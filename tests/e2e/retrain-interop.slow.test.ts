import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { writeFiles } from '../rig/project.js';
import { endAll, reprise, startReprise, type RepriseProcess } from '../rig/reprise.js';
import { production } from '../rig/retrain-runs.js';
import { newData, retrainingProject } from '../rig/retraining.js';
import { until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';

let env: TestWorkflowEnvironment;
const parent = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-promote-')));
beforeAll(async () => {
  env = await startTemporal();
});
afterAll(async () => {
  await env?.teardown();
});
afterEach(endAll);

const remote = () => ({ TEMPORAL_ADDRESS: env.address });

async function worker(root: string): Promise<RepriseProcess> {
  const serving = startReprise(['worker'], root, remote());
  await until('the worker serves', () => serving.stdout().includes('queues'));
  return serving;
}

async function retrain(root: string): Promise<string> {
  const end = await reprise(['retrain'], root, remote());
  expect(end).toMatchObject({ code: 0, stderr: '' });
  return end.stdout;
}

describeWithDvc('a promoted model', () => {
  it('is what dvc add would have made of it, in a git repository too', async () => {
    const root = retrainingProject(parent);
    execFileSync('git', ['init', '-q'], { cwd: root });
    writeFiles(root, { '.dvc/config': '' });
    await worker(root);
    expect(await retrain(root)).toMatch(/promoted: version 1 is in production/);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);

    const file = join(root, 'final/model_v1.dvc');
    const ours = readFileSync(file, 'utf8');
    rmSync(file);
    expect(await dvc(['add', 'final/model_v1'], root)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(ours);
    // The model is DVC's, the alias is git's.
    const untracked = execFileSync('git', ['status', '--porcelain', '-uall', 'final'], {
      cwd: root,
    }).toString();
    expect(untracked.split('\n').filter(Boolean).sort()).toEqual([
      '?? final/.gitignore',
      '?? final/dvc.yaml',
      '?? final/model_v1.dvc',
      '?? final/model_v1.json',
      '?? final/predictions_v1.jsonl.dvc',
      '?? final/production.json',
    ]);

    // What is in production comes back from the cache, by DVC and by us.
    rmSync(join(root, 'final/model_v1'), { recursive: true });
    rmSync(join(root, 'final/predictions_v1.jsonl'));
    expect(await dvc(['checkout', 'final/model_v1.dvc'], root)).toMatchObject({ code: 0 });
    newData(root, 0.9);
    expect(await retrain(root)).toMatch(/promoted: version 2/);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
  });

  it('has one number, also when the worker is killed between the copy and the alias', async () => {
    const root = retrainingProject(parent);
    // Answers that take their time to copy.
    writeFiles(root, {
      'evaluate.mjs': readFileSync(join(root, 'evaluate.mjs'), 'utf8').replace(
        '{ id, label, prediction:',
        "{ id, label, padding: 'x'.repeat(200_000), prediction:",
      ),
    });
    let first = await worker(root);
    await retrain(root);
    let killed = false;
    for (let quality = 0.6; !killed && quality < 0.95; quality += 0.05) {
      const before = production(root).version as number;
      const next = `model_v${before + 1}.dvc`;
      newData(root, quality);
      const watcher = watch(join(root, 'final'), (_, name) => {
        if (name === next) first.child.kill('SIGKILL');
      });
      const run = startReprise(['retrain'], root, remote());
      await first.ended;
      watcher.close();
      // Killed too late to tell: once more, with the next number.
      killed = existsSync(join(root, 'final', next)) && production(root).version === before;
      first = await worker(root);
      expect((await run.ended).stdout).toContain(`promoted: version ${before + 1} is in production`);
      expect(existsSync(join(root, 'final', `model_v${before + 2}`))).toBe(false);
    }
    expect(killed).toBe(true);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
  }, 300_000);
});
