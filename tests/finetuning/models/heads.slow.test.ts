import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openClassifier } from '../../../finetuning/index.js';
import { TextTokenizer } from '../../../finetuning/text/text-tokenizer.js';
import { reprise } from '../../rig/reprise.js';
import { expectClose } from '../parity/rig.js';
import { FULL, problemTypes, tinyProject, type PairRow, type Said } from '../training/tiny-pairs.js';

jest.setTimeout(1_800_000);

/** A Python with transformers and PEFT, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;
const MAX_LENGTH = 12;

interface Answer {
  readonly problem: string;
  readonly labels: readonly string[];
  readonly encodings: readonly { readonly ids: readonly number[]; readonly types: readonly number[] }[];
  readonly logits: readonly (readonly number[])[];
  readonly loss: number;
}

interface Job {
  readonly root: string;
  readonly model: string;
  readonly adapter: string | null;
  readonly labels: readonly string[];
  readonly problem: string;
  readonly rows: readonly PairRow[];
  readonly targets: readonly (number | readonly number[])[];
  readonly max_length: number;
  readonly saved: string;
  /** Of the validation, at the best step. */
  readonly loss: number;
}

const rowsOf = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

async function trained(said: Said, config: object): Promise<Job> {
  const root = tinyProject(said, { max_length: MAX_LENGTH, ...config });
  // As older versions of transformers wrote it: what is trained has as many labels as it has.
  const modelConfig = join(root, 'model/config.json');
  const given = JSON.parse(readFileSync(modelConfig, 'utf8')) as object;
  writeFileSync(modelConfig, JSON.stringify({ ...given, num_labels: 3 }));
  const end = await reprise(['finetune', '--json'], root);
  expect([end.stderr, end.code]).toEqual([expect.any(String), 0]);
  const best = join(root, 'models/checkpoints/best_model');
  const labels = JSON.parse(readFileSync(join(best, 'labels.json'), 'utf8')) as string[];
  const rows = rowsOf<PairRow>(join(root, 'data/finetuning/val.jsonl'));
  const result = JSON.parse(end.stdout.trim().split('\n').at(-1) as string) as { best: { loss: number } };
  const adapter = existsSync(join(best, 'adapter_config.json')) ? best : null;
  return {
    root,
    model: adapter === null ? best : join(root, 'model'),
    adapter,
    labels,
    problem: problemTypes[said],
    rows,
    targets: rows.map(({ label, labels: names }) =>
      names ? labels.map((name) => (names.includes(name) ? 1 : 0)) : (label as number | readonly number[]),
    ),
    max_length: MAX_LENGTH,
    saved: join(root, 'saved'),
    loss: result.best.loss,
  };
}

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('transformers', () => {
  it('loads heads for a number, for several and for several labels with equal logits, and we load what it saves', async () => {
    const jobs = [
      await trained('number', FULL),
      await trained('numbers', { modules_to_save: ['classifier', 'pooler'] }),
      await trained('labels', { modules_to_save: ['classifier', 'pooler'] }),
    ];
    const file = join((jobs[0] as Job).root, 'jobs.json');
    writeFileSync(file, JSON.stringify(jobs));
    const script = 'tests/finetuning/models/heads_predict.py';
    const { status, stdout, stderr } = spawnSync(python as string, [script, file], { encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const answers = JSON.parse(stdout) as Answer[];

    for (const [index, { root, model, adapter, labels, problem, rows, saved, loss }] of jobs.entries()) {
      const theirs = answers[index] as Answer;
      expect(theirs).toMatchObject({ problem, labels });
      // What was measured while training is what transformers calls the loss.
      expect(Math.abs(loss - theirs.loss)).toBeLessThan(1e-4 * theirs.loss + 1e-6);

      const tokenizer = new TextTokenizer(join(root, 'model'));
      rows.forEach(({ text, text_pair: textPair }, row) => {
        const { ids, types } = theirs.encodings[row] as Answer['encodings'][number];
        if (textPair === undefined) expect(tokenizer.encode(text, MAX_LENGTH)).toEqual(ids);
        else expect(tokenizer.encodePair({ text, textPair }, MAX_LENGTH)).toEqual({ ids, types });
      });

      // Only texts that fit: a prediction reads as much as the model can, and a training max_length.
      const short = rows.flatMap((row, at) =>
        (theirs.encodings[at]?.ids.length ?? MAX_LENGTH) < MAX_LENGTH ? [[row, at] as const] : [],
      );
      expect(short.length).toBeGreaterThan(5);
      expect(short.length).toBeLessThan(rows.length);
      const expected = Float32Array.from(short.flatMap(([, at]) => theirs.logits[at] as number[]));
      const inputs = short.map(([{ text, text_pair: textPair }]) =>
        textPair === undefined ? text : { text, textPair },
      );
      const classifier = await openClassifier({
        baseModelDir: adapter === null ? model : join(root, 'model'),
        ...(adapter === null ? {} : { adapterDir: adapter }),
        labels,
        seed: 0,
      });
      expectClose(await classifier.predict(inputs), expected, `logits of ${problem}`);
      classifier.dispose();

      // What transformers saved has no labels.json, and is asked and trained further all the same.
      for (const name of ['tokenizer.json', 'tokenizer_config.json'])
        cpSync(join(root, 'model', name), join(saved, name));
      mkdirSync(join(root, 'data/finetuning'), { recursive: true });
      cpSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
      const asked = [
        await reprise(['predict', '--batch-size', '8', '--output', 'ours.jsonl'], root),
        await reprise(['predict', '--batch-size', '8', '--model', 'saved', '--output', 'theirs.jsonl'], root),
      ];
      for (const { code, stderr } of asked) expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      const [own, others] = ['ours.jsonl', 'theirs.jsonl'].map((name) =>
        rowsOf<{ prediction: number | number[] | string[]; text_pair?: string }>(join(root, name)),
      );
      expect(own).toHaveLength(rows.length);
      expect(own?.map((row) => row.text_pair)).toEqual(rows.map((row) => row.text_pair));
      own?.forEach(({ prediction }, row) => {
        const other = others?.[row]?.prediction;
        if (problem === 'regression') {
          const numbers = [prediction].flat() as number[];
          expect(numbers).toHaveLength(labels.length);
          expect(other).toEqual(
            typeof prediction === 'number'
              ? expect.closeTo(prediction, 3)
              : numbers.map((number) => expect.closeTo(number, 3) as number),
          );
        } else expect(other).toEqual(prediction);
      });
      writeFileSync(
        join(root, 'params.yaml'),
        'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n',
      );
      const evaluated = await reprise(['evaluate'], root);
      expect([evaluated.code, evaluated.code === 0 ? '' : evaluated.stderr]).toEqual([0, '']);
      const figures = JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as {
        readonly finetuned: Readonly<Record<string, number>>;
        readonly outputs?: Readonly<Record<string, object>>;
      };
      if (problem === 'regression')
        expect([Object.keys(figures.finetuned), Object.keys(figures.outputs ?? {})]).toEqual([
          ['mse', 'rmse', 'mae', 'r2', 'pearson', 'spearman'],
          labels.length === 1 ? [] : labels,
        ]);
      else expect(figures.finetuned.subset_accuracy).toBeGreaterThan(0);
      const further = tinyProject(null, { ...FULL, model_name: saved, max_steps: 1, learning_rate: 0 }, root);
      const end = await reprise(['finetune'], further);
      expect([end.code, end.code === 0 ? '' : end.stderr]).toEqual([0, '']);
      // The head is the one that was there.
      expect(end.stderr).not.toContain('new weights');
      const config = JSON.parse(
        readFileSync(join(further, 'models/checkpoints/best_model/config.json'), 'utf8'),
      ) as { problem_type: string; id2label: Record<string, string> };
      expect(config.problem_type).toBe(problem);
      expect(Object.values(config.id2label)).toEqual(labels);
    }
    for (const { root } of jobs) rmSync(root, { recursive: true, force: true });
  });

  it('is given rows that fit the head, or a clear error', async () => {
    const root = tinyProject('number', { ...FULL, problem_type: 'multi_label_classification' });
    const end = await reprise(['finetune'], root);
    expect([end.code, end.stderr]).toEqual([
      1,
      expect.stringMatching(/train\.jsonl:1: a row with several labels needs labels[^]*fix: .*problem_type/),
    ]);
  });
});
