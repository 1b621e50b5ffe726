import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { SweepEnd, SweepEvent } from '../../cli/sweeps/events.js';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { writeFiles } from '../rig/project.js';
import { endAll, outcomesOf, reprise } from '../rig/reprise.js';
import { git } from '../rig/sweep-project.js';
import { successiveHalving } from '../workflows/sweep/reference.js';

jest.setTimeout(600_000);
const roots: string[] = [];
afterEach(endAll);
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** Rows of the tiny project, so many times: its training takes some seconds, in which it can be stopped. */
const TIMES = 16;
const EPOCHS = 8;

/** The template's training and evaluation, on a tiny model. */
function project(): string {
  const root = tinyProject({
    config: { max_length: 8, num_epochs: EPOCHS, save_steps: 10_000, eval_steps: 200, logging_steps: 100 },
  });
  roots.push(root);
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const { stages } = parse(readFileSync('examples/finetuning/dvc.yaml.template', 'utf8')) as {
    stages: Record<string, object>;
  };
  const { finetune_model, evaluate_model } = stages;
  writeFiles(root, {
    '.dvc/config': '',
    '.gitignore': '/.reprise\n',
    'dvc.yaml': stringify({ stages: { finetune_model, evaluate_model } }),
    'params.yaml': stringify({
      finetuning: { preset: 'tiny', model_name: 'model', model_revision: 'main', learning_rate: 0.01, lora_r: 4, num_epochs: EPOCHS }, // prettier-ignore
      evaluation: { batch_size: 64, worst_errors: 3, top_k: [2], calibration_bins: 5, slices: [], sets: {} },
    }),
    'src/callbacks/README.md': 'None.\n',
    'src/metrics/README.md': 'None.\n',
    'data/finetuning/train.jsonl': read('data/finetuning/train.jsonl').repeat(TIMES),
    'data/finetuning/test.jsonl': read('data/finetuning/val.jsonl'),
  });
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message=Begin');
  return root;
}

function weights(root: string): string {
  const file = join(root, 'models/checkpoints/best_model/adapter_model.safetensors');
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** From which steps trainings began: 0, or that of a checkpoint. */
function beginnings(root: string): number[] {
  const logs = join(root, '.reprise/logs');
  return readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('finetune_model.log'))
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .map((log) => Number(/continuing from step (\d+)/.exec(log)?.[1] ?? 0));
}

it('halves trainings by their validation loss: the bad ones stop, the good ones go on from their checkpoints', async () => {
  const root = project();
  const untouched = join(realpathSync(mkdtempSync(join(tmpdir(), 'reprise-halving-'))), 'project');
  roots.push(untouched);
  cpSync(root, untouched, { recursive: true });
  const run = await reprise(
    [
      ...'sweep run --method asha --max-trials 4 --jobs 1 --eta 4 --seed 3'.split(' '),
      ...['--param', 'finetuning.learning_rate=log:1e-5..1e-2', '--param', 'finetuning.lora_r=2,4'],
      ...['--resource', `finetuning.num_epochs=2..${EPOCHS}`, '--report', 'eval_loss'],
      ...['--metric', 'metrics.json:finetuned.accuracy', '--apply-best', '--json'],
    ],
    root,
  );
  expect([run.stderr, run.code === 0 ? '' : run.stdout]).toEqual(['', '']);
  const events = run.stdout.split('\n').filter((line) => line !== '');
  const end = events.map((line) => JSON.parse(line) as SweepEvent).at(-1) as SweepEnd;

  const at = (reason = ''): readonly number[] =>
    (/eval_loss (\S+) at step (\d+) of (\d+)$/.exec(reason) ?? []).slice(1).map(Number);
  const lossOf = (label: string): number =>
    at(end.trials.find((trial) => trial.label === label)?.reason)[0] ?? NaN;
  const stopped = end.trials.filter(({ status }) => status === 'stopped');
  const [, , total = 0] = at(stopped[0]?.reason);
  // At a quarter of the way, where the first validation is that comes then.
  expect(stopped).toHaveLength(4);
  for (const { reason } of stopped) expect(at(reason)).toEqual([expect.any(Number), total / 4, total]);

  const labelOf = (number: number, rung: number) => `00${number}${rung === 0 ? '' : `-r${rung}`}`;
  const expected = successiveHalving(4, 2, 4, (number, rung) => -lossOf(labelOf(number, rung)));
  expect(end.trials.map(({ label }) => label)).toEqual(
    expected.map(([number, rung]) => labelOf(number, rung)),
  );
  const last = end.trials.at(-1);
  expect(last).toMatchObject({ label: expect.stringMatching(/-r1$/) as string, status: 'done' });
  expect(end).toMatchObject({ status: 'succeeded', best: last?.label, applied: { label: last?.label } });

  // It went on where it was stopped, which is soon after its rung.
  const steps = beginnings(root).sort((a, b) => a - b);
  expect(steps.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(steps.slice(4)).toEqual([expect.any(Number)]);
  expect(steps[4]).toBeGreaterThanOrEqual(total / 4);
  expect(steps[4]).toBeLessThan(total);

  // As if it had been asked for at once.
  cpSync(join(root, 'params.yaml'), join(untouched, 'params.yaml'));
  const alone = await reprise(['repro', 'finetune_model', '--json'], untouched);
  expect(outcomesOf(alone)).toEqual({ finetune_model: 'ran' });
  expect(weights(root)).toBe(weights(untouched));
  expect((await reprise(['repro', '--dry'], root)).stdout).toContain('everything is up to date');
  expect(readdirSync(join(root, '.reprise/sweeps', end.id))).not.toContain('checkpoints');
});
