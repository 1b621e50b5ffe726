import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { reprise, type RepriseEnd } from '../rig/reprise.js';

const params = 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n';

/** The validation rows are the test rows too: training has said already how many of them it gets right. */
function project(): string {
  const root = tinyProject({ 'params.yaml': params });
  copyFileSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
  return root;
}

const lastEvent = (stdout: string): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as Record<string, unknown>;

/** Several whole processes per test. */
jest.setTimeout(300_000);

describe('reprise evaluate', () => {
  let root: string;
  let finetuned: RepriseEnd;
  beforeAll(async () => {
    root = project();
    finetuned = await reprise(['finetune', '--json'], root);
  });

  it('needs a finetuned model, and says how to get one', async () => {
    const { code, stderr } = await reprise(['evaluate'], project());
    expect(code).toBe(1);
    expect(stderr).toContain('models/checkpoints/best_model does not exist');
    expect(stderr).toContain('fix: run `reprise finetune` first');
  });

  it('compares the real models, and writes the same bytes in another process', async () => {
    expect([finetuned.stderr, finetuned.code]).toEqual([expect.any(String), 0]);

    const outputs = [
      'metrics.json',
      'reports/report.html',
      'reports/predictions.jsonl',
      'plots/confusion_matrix.csv',
      'plots/roc/finetuned.json',
    ];
    const read = (): string[] => outputs.map((path) => readFileSync(join(root, path), 'utf8'));
    const first = await reprise(['evaluate', '--json'], root);
    expect([first.stderr, first.code]).toEqual([expect.any(String), 0]);
    const before = read();
    rmSync(join(root, 'metrics.json'));
    rmSync(join(root, 'reports'), { recursive: true });
    const second = await reprise(['evaluate'], root);
    expect(second.code).toBe(0);
    expect(read()).toEqual(before);

    const metrics = JSON.parse(before[0] as string) as Record<string, Record<string, number>>;
    expect([metrics.test_rows, metrics.labels, metrics.majority?.accuracy]).toEqual([30, 3, 0.333333]);
    const { best } = lastEvent(finetuned.stdout) as { best: { accuracy: number } };
    expect(metrics.finetuned?.accuracy).toBeCloseTo(best.accuracy, 6);
    expect(metrics.finetuned?.accuracy).toBeGreaterThan(metrics.base?.accuracy as number);
    expect(before[1]).toContain('with a new head that was never trained (seed 42)');
    expect(before[1]).toContain('finetuning with LoRA (r = 4)');

    const result = lastEvent(first.stdout);
    expect(result).toMatchObject({ event: 'result', stage: 'evaluate', test_rows: 30 });
    expect((result.items_per_second as { finetuned: number }).finetuned).toBeGreaterThan(0);
    expect(second.stdout).toMatch(
      /^ +accuracy +macro P +macro R +macro F1 +items\/s +ms\/row +p99\nmajority +0\.3333 /,
    );
  });

  type Metrics = Record<string, Record<string, unknown>>;
  const evaluated = async (): Promise<{ metrics: Metrics; report: string }> => {
    const { code, stderr } = await reprise(['evaluate'], root);
    expect([stderr, code]).toEqual([expect.any(String), 0]);
    const read = (path: string): string => readFileSync(join(root, path), 'utf8');
    return { metrics: JSON.parse(read('metrics.json')) as Metrics, report: read('reports/report.html') };
  };

  it('asks the model in production the same rows, and tells all of them apart as `reprise compare` does', async () => {
    const best = 'models/checkpoints/best_model';
    const inProduction = join(root, 'models/final/model_v1');
    mkdirSync(join(root, 'models/final'), { recursive: true });
    cpSync(join(root, best), inProduction, { recursive: true });
    const content = (path: string) => ({ path, md5: '0'.repeat(32) });
    const record = {
      version: 1,
      model: content('models/final/model_v1'),
      predictions: content('models/final/predictions_v1.jsonl'),
      promoted: { at: '2026-01-01T00:00:00Z', by: 'ada', reason: 'first', run: 'w/r' },
    };
    writeFileSync(join(root, 'models/final/production.json'), JSON.stringify(record));
    const same = await evaluated();
    expect(same.report).toContain('The finetuned model is the one in production: version 1.');
    expect(Object.keys(same.metrics.compared ?? {})).not.toContain('finetuned_over_production');

    // One that has learned next to nothing.
    const other = project();
    writeFileSync(join(other, 'params.yaml'), params.replace('preset: tiny', 'preset: tiny\n  max_steps: 1'));
    expect(await reprise(['finetune'], other)).toMatchObject({ code: 0 });
    rmSync(inProduction, { recursive: true });
    cpSync(join(other, best), inProduction, { recursive: true });
    const { metrics, report } = await evaluated();
    expect(report).toContain('In production: version 1, models/final/model_v1');
    expect(metrics.production?.accuracy).toBeLessThan(metrics.finetuned?.accuracy as number);
    expect(metrics.compared).toMatchObject({
      finetuned_over_production: {
        accuracy: { difference: expect.any(Number) },
        macro_f1: { low: expect.any(Number) },
      },
      production_over_base: { mcnemar: { p: expect.any(Number) } },
    });
    const compared = await reprise(['compare', '--json'], root);
    const [judged] = compared.stdout.split('\n').map((line) => JSON.parse(line || '{}') as Metrics);
    expect(judged).toMatchObject({
      models: ['base', 'finetuned'],
      comparison: {
        accuracy: (metrics.compared?.finetuned_over_base as Metrics).accuracy,
        macro_f1: (metrics.compared?.finetuned_over_base as Metrics).macro_f1,
      },
    });
  });

  it('reads long texts, which the model cannot hold, up to where it can', async () => {
    const long = { id: 'long', text: 'mammal '.repeat(500).trim(), label: 'animal' };
    writeFileSync(join(root, 'data/finetuning/test.jsonl'), `${JSON.stringify(long)}\n`);
    const { code, stderr } = await reprise(['evaluate'], root);
    expect([stderr, code]).toEqual([expect.any(String), 0]);
  });
});
