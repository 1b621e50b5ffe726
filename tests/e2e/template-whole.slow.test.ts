import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { tinyRows } from '../finetuning/training/tiny-project.js';
import { install, runIn, type CommandEnd } from '../rig/installed.js';
import { endAll, reprise } from '../rig/reprise.js';

const FIXTURES = 'tests/finetuning/fixtures';
const succeeded = { code: 0 };
let root: string;

/** The template on a few rows of the user's own, with a model that takes a second to train. */
beforeAll(async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'template-whole-')));
  root = join(folder, 'project');
  writeFileSync(join(folder, 'rows.jsonl'), tinyRows(120, 0));
  expect(await reprise(['init', root, '--data', join(folder, 'rows.jsonl')], folder)).toMatchObject(
    succeeded,
  );
  for (const path of ['bert-tiny/model', 'tokenizer-tiny'])
    cpSync(join(FIXTURES, path), join(root, 'model'), { recursive: true });
  const path = join(root, 'params.yaml');
  const params = parseDocument(readFileSync(path, 'utf8'));
  const turned = { model_name: 'model', model_revision: 'main', batch_size: 8, max_steps: 6, eval_steps: 3 };
  for (const [key, value] of Object.entries(turned)) params.setIn(['finetuning', key], value);
  writeFileSync(path, params.toString());
  install(root);
});
afterEach(endAll);
afterAll(() => rmSync(join(root, '..'), { recursive: true, force: true }));

const script = (name: string, ...args: string[]): Promise<CommandEnd> =>
  runIn(root, `scripts/${name}.sh`, args);
const has = (path: string): boolean => existsSync(join(root, path));

describeWithDvc('a project as it is laid out', () => {
  it('passes the check of its types, and its tests before there is a model', async () => {
    expect(await runIn(root, 'npm', ['run', 'types'])).toMatchObject(succeeded);
    const { code, output } = await runIn(root, 'npm', ['test']);
    expect([code, output]).toEqual([0, expect.stringMatching(/skipped 1\b/)]);
    expect(output).toMatch(/fail 0\b/);
    expect(output).toContain('there is no model yet');
    expect([has('data/finetuning/train.jsonl'), readdirSync(join(root, 'experiments/mlruns'))]).toEqual([
      false,
      [],
    ]);
  });

  it('is brought from data to a report by its scripts, with its own code in each stage', async () => {
    writeFileSync(join(root, '.env'), 'REPRISE_CONFIG__TRACKING__EXPERIMENT="named in .env"\n');
    expect(await script('download_pretrained')).toEqual({
      code: 0,
      output: expect.stringMatching(/models\/pretrained\/model\n$/) as string,
    });
    expect(realpathSync(join(root, 'models/pretrained/model'))).toBe(join(root, 'model'));

    expect(await script('prepare_data')).toMatchObject(succeeded);
    expect([has('data/finetuning/train.jsonl'), has('models/checkpoints/best_model')]).toEqual([true, false]);
    expect(await script('train')).toMatchObject(succeeded);
    expect([has('models/checkpoints/best_model'), has('metrics.json')]).toEqual([true, false]);
    expect(await script('evaluate')).toMatchObject(succeeded);

    const metrics = JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as Record<string, object>;
    for (const model of ['base', 'finetuned'])
      expect(metrics[model]).toMatchObject({ cohens_kappa: expect.any(Number) as number });
    expect(readFileSync(join(root, 'reports/report.html'), 'utf8')).toContain('cohens_kappa');
    const experiments = readdirSync(join(root, 'experiments/mlruns')).flatMap((name) => {
      const meta = join(root, 'experiments/mlruns', name, 'meta.yaml');
      return existsSync(meta) ? [readFileSync(meta, 'utf8')] : [];
    });
    expect(experiments.join('')).toContain('named in .env');
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
    expect((await runIn(root, 'git', ['status', '--porcelain'])).output).not.toMatch(
      /\.env|pretrained|mlruns/,
    );
  });

  it('is what stock dvc runs, too', async () => {
    const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
    const args = ['repro', '--force', '--single-item', 'evaluate_model'];
    const { code, output } = await runIn(root, process.env.REPRISE_TEST_DVC ?? 'dvc', args, { PATH: path });
    expect([code, output]).toEqual([0, expect.stringContaining('reprise evaluate')]);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
  });

  it('passes all of its tests when there is a model', async () => {
    const { code, output } = await runIn(root, 'npm', ['test']);
    expect([code, output]).toEqual([0, expect.stringMatching(/skipped 0\b/)]);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
  });

  it('ends a training when its callback says so', async () => {
    const file = join(root, 'src/callbacks/stop-at-loss.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('ENOUGH = 0.01', 'ENOUGH = 100'));
    const { code, output } = await runIn(root, join(root, 'node_modules/.bin/reprise'), ['finetune']);
    expect([code, output]).toEqual([
      0,
      expect.stringContaining('ended at step 3: the loss of the validation is'),
    ]);
  });

  it('hands what it deploys to reprise deploy', async () => {
    const asked = await runIn(root, join(root, 'node_modules/.bin/reprise'), [
      'deploy',
      '--target',
      'kubernetes',
      '--help',
    ]);
    expect(await script('deploy', 'kubernetes', '--help')).toEqual(asked);
  });

  it('has in its image what the Dockerfile’s set-up step finds', async () => {
    const env = { REPRISE_TENSORFLOW: 'cpu' };
    expect(await runIn(root, 'npx', ['reprise', 'setup', '--only', 'tensorflow'], env)).toMatchObject(
      succeeded,
    );
  });
});
