import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { readStoredRuns } from '../../tracking/index.js';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import {
  describeWithMlflow,
  mlflowPython,
  readRuns,
  startMlflow,
  type MlflowServer,
  type TrackedByMlflow,
} from '../rig/mlflow.js';
import { startGate } from '../rig/mlflow-gate.js';
import { makeCertificates, startTlsProxy } from '../rig/tls-proxy.js';
import { endAll, reprise, startReprise, type RepriseEnd } from '../rig/reprise.js';
import { until } from '../rig/servers.js';

let server: MlflowServer;
beforeAll(async () => {
  if (process.env['REPRISE_TEST_MLFLOW']) server = await startMlflow();
});
afterAll(async () => {
  await server?.stop();
});

afterEach(endAll);

const expectDone = ({ code, stderr }: RepriseEnd): void => expect([stderr, code]).toEqual([stderr, 0]);

/** The history that a training wrote of itself. */
function history(root: string): readonly Readonly<Record<string, number>>[] {
  const file = join(root, 'models/checkpoints/training.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { log_history: Record<string, number>[] }).log_history;
}

/** Each point of the history once, in its order, and none beside. */
function expectHistory(run: TrackedByMlflow, root: string): void {
  const entries = history(root);
  const points = (name: string): (readonly [number, number])[] =>
    entries.flatMap((entry) =>
      name in entry ? [[entry['step'] as number, entry[name] as number] as const] : [],
    );
  const { metrics } = run;
  expect(metrics['train/loss']).toEqual(points('loss'));
  expect(metrics['train/learning_rate']).toEqual(points('learning_rate'));
  expect(metrics['train/grad_norm']).toEqual(points('grad_norm'));
  expect(metrics['val/loss']).toEqual(points('eval_loss'));
  expect(metrics['val/accuracy']).toEqual(points('eval_accuracy'));
}

/** Nothing that was to be secret is in a file under `folder`. */
function expectSecret(secret: string, folder: string): void {
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const file = join(folder, name);
    if (statSync(file).isFile() && readFileSync(file).includes(secret))
      throw new Error(`${file} has the secret`);
  }
}

const BASE = (name: string): Record<string, string> => ({
  'configs/base_config.yaml': `name: ${name}\ntask: text-classification\nseed: 42\n`,
});
const PARAMS = 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n';

interface Prediction {
  readonly text: string;
  readonly finetuned: string;
  readonly confidence: number;
}

describeWithMlflow('tracking', () => {
  it('writes a file store that MLflow reads, with nothing configured: a training, its model, its evaluation', async () => {
    const root = tinyProject({ 'params.yaml': PARAMS });
    copyFileSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    git('init', '-q', '-b', 'main');
    git('remote', 'add', 'origin', 'https://me:a-password@example.com/x.git');
    git('add', 'params.yaml', 'configs');
    git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', 'x');

    for (const command of ['finetune', 'evaluate']) expectDone(await reprise([command], root));
    const uri = pathToFileURL(join(root, 'experiments/mlruns')).href;
    const { tiny = [] } = await readRuns(uri);
    expect(tiny).toHaveLength(1);
    const [run] = tiny as [TrackedByMlflow];
    expect([run.status, run.ended, run.name]).toEqual(['FINISHED', true, 'model lora']);
    expectHistory(run, root);
    expect(run.params).toMatchObject({
      method: 'lora',
      preset: 'tiny',
      learning_rate: '0.01',
      target_modules: '["query","value"]',
      'augmentation.horizontal_flip': '0',
      train_rows: '100',
      total_steps: '26',
      task: 'text-classification',
    });
    expect(run.tags).toMatchObject({
      'mlflow.source.name': 'reprise finetune',
      'mlflow.source.git.commit': git('rev-parse', 'HEAD'),
      'mlflow.source.git.branch': 'main',
      'mlflow.source.git.repoURL': 'https://example.com/x.git',
      'reprise.git_dirty': 'false',
      'reprise.host': hostname(),
    });
    const data = (name: string, rows: number, context: string) => ({
      name,
      digest: createHash('md5')
        .update(readFileSync(join(root, 'data/finetuning', name)))
        .digest('hex'),
      source: { uri: `data/finetuning/${name}` },
      profile: { num_rows: rows },
      context,
    });
    const inputs = [data('train.jsonl', 100, 'training'), data('val.jsonl', 30, 'validation'), data('test.jsonl', 30, 'evaluation')]; // prettier-ignore
    expect([...run.inputs].sort((a, b) => inputs.findIndex(({ name }) => name === a.name) - inputs.findIndex(({ name }) => name === b.name))).toEqual(inputs); // prettier-ignore
    for (const name of ['cpu_utilization_percentage', 'process_memory_usage_megabytes'])
      expect(run.metrics[`system/${name}`]?.length).toBeGreaterThan(0);

    // The evaluation has found the training's run again.
    const found = JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as {
      finetuned: { accuracy: number };
    };
    expect(run.metrics['test/accuracy']).toEqual([[expect.any(Number), expect.closeTo(found.finetuned.accuracy, 5)]]); // prettier-ignore
    for (const path of ['metrics.json', 'training.json', 'reports/report.html', 'model/MLmodel'])
      expect(run.artifacts).toContain(path);

    const rows = readFileSync(join(root, 'reports/predictions.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Prediction);
    const answer = JSON.parse(
      await mlflowPython([
        'tests/tracking/fixtures/predict.py',
        uri,
        `runs:/${run.id}/model`,
        JSON.stringify(rows.map(({ text }) => text)),
      ]),
    ) as { labels: string[]; confidence: number[]; inputs: unknown; outputs: unknown; example: string[] };
    expect(answer.labels).toEqual(rows.map(({ finetuned }) => finetuned));
    for (const [index, { confidence }] of rows.entries())
      expect(answer.confidence[index]).toBeCloseTo(confidence, 3);
    expect(answer.inputs).toMatchObject([
      { name: 'text', type: 'string', required: true },
      { name: 'text_pair', type: 'string', required: false },
    ]);
    expect(answer.outputs).toMatchObject([{ name: 'label' }, { name: 'confidence', type: 'double' }]);
    expect(answer.example).toHaveLength(1);
    // All that was to be sent was, and git sees none of it.
    expect(readdirSync(join(root, '.reprise/tracking/pending'))).toEqual([]);
    expect(git('status', '--porcelain', '--', 'experiments', '.reprise')).not.toContain('mlruns/');
  }, 300_000);

  it('keeps a training going whose server is down, and sends all of it later, over TLS, to whom the token is shown', async () => {
    const token = 'a-token-that-nobody-may-see';
    const gate = await startGate(server.uri, token);
    const certificates = makeCertificates();
    const tls = await startTlsProxy(gate.uri.replace('http://', ''), certificates, 'http/1.1');
    try {
      const root = tinyProject(BASE('later'));
      const uri = `https://${tls.address}`;
      const own = join(root, 'client.pem');
      const { certificate, key } = certificates.client;
      writeFileSync(own, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
      const env = {
        MLFLOW_TRACKING_URI: uri,
        MLFLOW_TRACKING_TOKEN: token,
        MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.authority,
        MLFLOW_TRACKING_CLIENT_CERT_PATH: own,
      };
      gate.down = true;
      const trained = await reprise(['finetune'], root, env);
      expectDone(trained);
      expect(trained.stderr).toContain(`${uri} does not answer`);
      expect(trained.stderr).toContain('tracking: one run is not sent yet');
      gate.down = false;
      const refused = await reprise(['tracking', 'send'], root, { ...env, MLFLOW_TRACKING_TOKEN: 'another' });
      expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('refuses access (401)')]);
      const sent = await reprise(['tracking', 'send'], root, env);
      expect([sent.code, sent.stdout]).toEqual([0, '1 sent, 0 not sent\n']);
      expect((await reprise(['tracking', 'send'], root, env)).stdout).toBe('nothing is left to send\n');
      const { later = [] } = await readRuns(server.uri);
      expect(later.map(({ status }) => status)).toEqual(['FINISHED']);
      expectHistory(later[0] as TrackedByMlflow, root);
      expect((later[0] as TrackedByMlflow).artifacts).toContain('model/MLmodel');
      expectSecret(token, join(root, '.reprise'));
      expect(JSON.stringify(later) + trained.stderr + refused.stderr).not.toContain(token);
    } finally {
      tls.close();
      await gate.close();
    }
  }, 300_000);

  it('has each step once in one run, though the training is killed twice, goes to another host, and answers are lost', async () => {
    const gate = await startGate(server.uri);
    gate.losesEach = 4;
    try {
      const root = tinyProject({
        ...BASE('killed'),
        config: { num_epochs: 40, save_steps: 25, logging_steps: 1 },
      });
      const env = { MLFLOW_TRACKING_URI: gate.uri };
      const killAt = async (step: number): Promise<void> => {
        const training = startReprise(['finetune', '--json'], root, env);
        await until(`step ${step}`, () => stepOf(training.stdout()) >= step, 120);
        // Something has been sent.
        training.child.kill('SIGKILL');
        await training.ended;
      };
      await killAt(60);
      await killAt(200);
      // Another host has the checkpoints, and nothing else.
      rmSync(join(root, '.reprise/tracking'), { recursive: true });
      expectDone(await reprise(['finetune'], root, env));
      gate.losesEach = 0;
      await reprise(['tracking', 'send'], root, env);
      const { killed = [] } = await readRuns(server.uri);
      expect(killed.map(({ status }) => status)).toEqual(['FINISHED']);
      expectHistory(killed[0] as TrackedByMlflow, root);
      expect(killed[0]?.metrics['train/loss']).toHaveLength(520);
      expect(gate.lost()).toBeGreaterThan(0);
    } finally {
      await gate.close();
    }
  }, 400_000);

  it('puts the trials of a sweep under one run, in the store of the project that is swept', async () => {
    const home = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-swept-')));
    const trials = ['a', 'b'].map((label) => {
      const copy = join(home, '.reprise/sweeps/lr/trials', label, 'project');
      cpSync(tinyProject({ config: { num_epochs: 1, lora_r: label === 'a' ? 2 : 3 } }), copy, {
        recursive: true,
      });
      return copy;
    });
    for (const end of await Promise.all(trials.map((copy) => reprise(['finetune'], copy)))) expectDone(end);
    const { tiny = [] } = await readRuns(pathToFileURL(join(home, 'experiments/mlruns')).href);
    const [parent, ...others] = tiny.filter(({ tags }) => tags['mlflow.parentRunId'] === undefined);
    expect([parent?.name, parent?.status, others]).toEqual(['lr', 'FINISHED', []]);
    const parts = tiny.filter(({ tags }) => tags['mlflow.parentRunId'] === parent?.id);
    expect(parts.map(({ name }) => name).sort()).toEqual(['lr/a', 'lr/b']);
    expect(parts.map(({ params }) => params['lora_r']).sort()).toEqual(['2', '3']);

    // We read our own store as MLflow's client does.
    const stored = await readStoredRuns(join(home, 'experiments/mlruns'));
    expect(stored.map(({ id }) => id).sort()).toEqual(tiny.map(({ id }) => id).sort());
    for (const { id, name, status, params, metrics } of tiny) {
      const run = stored.find((each) => each.id === id);
      expect(run).toMatchObject({ name, status, params });
      const points = Object.entries(run?.metrics ?? {}).map(([key, all]) => [
        key,
        all.map(({ step, value }) => [step, value]),
      ]);
      expect(Object.fromEntries(points)).toEqual(metrics);
    }
  }, 300_000);

  it('says before a training that a tracking URI is none it can write to', async () => {
    const end = await reprise(['finetune'], tinyProject(), { MLFLOW_TRACKING_URI: 'sqlite:///x.db' });
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('runs are written to a folder or to a server, and not to sqlite:');
    expect(end.stderr).toContain('fix: run `mlflow server --backend-store-uri sqlite:');
  });

  const executablePath = process.env['CHROMIUM_PATH'];
  (executablePath ? it : it.skip)("shows a run in MLflow's UI", async () => {
    const { later = [] } = await readRuns(server.uri);
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 1200 } });
      const experiment = await (
        await fetch(`${server.uri}/api/2.0/mlflow/experiments/get-by-name?experiment_name=later`)
      ).json();
      const { experiment_id: id } = (experiment as { experiment: { experiment_id: string } }).experiment;
      await page.goto(`${server.uri}/#/experiments/${id}/runs/${later[0]?.id}`);
      for (const text of ['model lora', 'Finished', 'train/loss', 'learning_rate', 'train.jsonl'])
        await page.getByText(text).first().waitFor({ timeout: 120_000 });
      await page.screenshot({ path: join(mkdtempSync(join(tmpdir(), 'reprise-mlflow-ui-')), 'run.png') });
    } finally {
      await browser.close();
    }
  });
});

function stepOf(stdout: string): number {
  return Math.max(0, ...[...stdout.matchAll(/"step":(\d+)/g)].map((match) => Number(match[1])));
}
