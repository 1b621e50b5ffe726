import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReproduceResult } from '../../workflows/index.js';
import { startGit, type GitServer } from '../rig/git-server.js';
import { Host } from '../rig/host.js';
import { endAll, reprise } from '../rig/reprise.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';

/** Real weights and data, few rows: 80 steps of 16, a checkpoint every 5. */
const SMALL: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  'params.yaml': [
    [/max_train_rows: \d+/, 'max_train_rows: 1280'],
    [/batch_size: 32/, 'batch_size: 16\n  save_steps: 5\n  eval_steps: 40\n  logging_steps: 1'],
  ],
  'configs/data_config.yaml': [
    [/val_rows: \d+/, 'val_rows: 100'],
    [/test_rows: \d+/, 'test_rows: 200'],
  ],
  // A label that a host has because it says so, and a loss that is noticed soon.
  'dvc.yaml': [
    [/labels: \[gpu\]\n {8}fallback: cpu/, 'labels: [npu]'],
    [/heartbeat: 2m/, 'heartbeat: 4s'],
  ],
};

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-template-')));

describeWithS3('the template’s pipeline on hosts that share nothing but Temporal, the bucket and git', () => {
  let env: TestWorkflowEnvironment;
  let s3: S3Server;
  let git: GitServer;
  beforeAll(async () => {
    [env, s3, git] = await Promise.all([startTemporal(), startS3(), startGit()]);
  });
  afterEach(endAll);
  afterAll(async () => {
    git?.stop();
    await s3?.stop();
    await env?.teardown();
  });

  /** What `reprise init` lays out, pushed as a person would. */
  async function template(): Promise<{ root: string; url: string; bucket: string }> {
    const root = join(temporary(), 'project');
    const run = async (args: readonly string[], cwd: string): Promise<void> => {
      const { code, stdout, stderr } = await reprise(args, cwd);
      if (code !== 0) throw new Error(stdout + stderr);
    };
    await run(['init', root], tmpdir());
    for (const [file, changes] of Object.entries(SMALL)) {
      const before = readFileSync(join(root, file), 'utf8');
      const after = changes.reduce((text, [from, to]) => text.replace(from, to), before);
      for (const [, to] of changes) expect(after).toContain(to);
      writeFileSync(join(root, file), after);
    }
    const { url } = git.makeRepository(randomUUID(), {});
    const bucket = s3.makeBucket();
    await run(['remote', 'add', '-d', 'store', `s3://${bucket}/dvc`], root);
    await run(['remote', 'modify', 'store', 'endpointurl', s3.endpoint], root);
    const inRoot = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
        cwd: root,
        stdio: 'pipe',
      });
    inRoot('add', '--all');
    inRoot('commit', '--quiet', '--allow-empty', '-m', 'The template, small');
    inRoot('push', '--quiet', '--force', url, 'HEAD:refs/heads/main');
    return { root, url, bucket };
  }

  const checkpointsIn = (bucket: string): string[] => {
    const folder = join(s3.folder(bucket), 'dvc/reprise/checkpoints');
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
    return files.filter((file) => file.endsWith('.json'));
  };

  it('ends in the bytes of an undisturbed run, whichever host is lost, in whichever stage', async () => {
    const { root, url, bucket } = await template();
    const settings = { ...s3.env, TEMPORAL_ADDRESS: env.address };
    const host = (...args: string[]) => new Host().start(['--git', git.url, ...args], settings);
    const run = await env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'git', url, rev: 'main', branch: 'main' }, heartbeat: 4 }],
    });

    const plain = await host();
    await until('the cleaning runs', () => plain.logOf('data_preprocessing') !== '');
    plain.lose();
    const rest = await host();
    const trainer = await host('--labels', 'npu');
    await until('a checkpoint is in the bucket', () => checkpointsIn(bucket).length > 0, 120);
    expect(trainer.logOf('finetune_model')).not.toBe('');
    trainer.lose();
    const another = await host('--labels', 'npu');
    const result = (await run.result()) as ReproduceResult;
    expect(result.stages.map(({ address, outcome, attempts }) => [address, outcome, attempts])).toEqual([
      ['data_ingestion', 'ran', 1],
      ['data_preprocessing', 'ran', 1],
      ['prepare_finetuning_data', 'ran', 1],
      ['finetune_model', 'ran', 1],
      ['evaluate_model', 'ran', 1],
    ]);
    const again = [rest, trainer].filter((one) => one.logOf('data_preprocessing') !== '');
    expect(again).toHaveLength(1);
    expect(another.logOf('finetune_model')).toMatch(/continuing from step \d+/);

    // In place, at a stretch, with nothing from the bucket.
    const undisturbed = await reprise(['repro', '--cpu-fallback', '--json'], root);
    if (undisturbed.code !== 0) throw new Error(undisturbed.stdout + undisturbed.stderr);
    const clone = temporary();
    execFileSync('git', ['clone', '--quiet', '--branch', 'main', url, clone]);
    for (const file of ['dvc.lock', 'metrics.json'])
      expect(readFileSync(join(clone, file), 'utf8')).toBe(readFileSync(join(root, file), 'utf8'));
    const dvc = (...args: string[]): string =>
      execFileSync(process.env['REPRISE_TEST_DVC'] ?? 'dvc', args, {
        cwd: clone,
        encoding: 'utf8',
        env: { ...process.env, ...s3.env },
      });
    dvc('pull');
    expect(JSON.parse(dvc('status', '--json'))).toEqual({});
  }, 600_000);
});
