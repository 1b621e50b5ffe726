import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { nf4QuantizationConfig } from '../../finetuning/methods/nf4/quantization-config.js';
import { readStoredRuns } from '../../tracking/index.js';
import { tinyGpt2 } from '../finetuning/training/tiny-gpt2.js';
import { FULL, tinyProject as pairProject } from '../finetuning/training/tiny-pairs.js';
import { tinyPictureProject } from '../finetuning/training/tiny-pictures.js';
import { tinyBert, tinyProject, type TinyModel } from '../finetuning/training/tiny-project.js';
import { describeWithMlflow, mlflowPython } from '../rig/mlflow.js';
import { reprise } from '../rig/reprise.js';

type Row = Readonly<Record<string, unknown>>;

/** What MLflow's Python makes of a logged model. */
interface Loaded {
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly required: boolean }[];
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  readonly answers: readonly Row[];
  readonly of_bytes: readonly Row[] | null;
  readonly example: readonly Row[];
}

const ROWS = 24;
const NO_LORA = { ...FULL, method: 'adapter', reduction_factor: 4 };
const TEST = 'data/finetuning/test.jsonl';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** Trains, and asks the model by `reprise predict`. @returns the project, and our answers, each with its row */
async function trained(made: string | Promise<string>): Promise<{ root: string; rows: readonly Row[] }> {
  const root = await made;
  roots.push(root);
  if (!existsSync(join(root, TEST))) {
    const from = join(root, 'data/finetuning/val.jsonl');
    const lines = readFileSync(from, 'utf8').split('\n').slice(0, ROWS);
    writeFileSync(join(root, TEST), `${lines.join('\n')}\n`);
  }
  for (const args of [['finetune'], ['predict', '--batch-size', '8', '--max-new-tokens', '12']]) {
    const { code, stderr } = await reprise(args, root);
    expect([stderr, code]).toEqual([stderr, 0]);
  }
  const rows = readFileSync(join(root, 'predictions.jsonl'), 'utf8').trim().split('\n');
  return { root, rows: rows.map((line) => JSON.parse(line) as Row) };
}

const store = (root: string): string => join(root, 'experiments/mlruns');

/** One process of Python for several models: it takes longer to start than they do to answer. */
async function loaded(
  asked: readonly { readonly root: string; readonly rows: readonly Row[]; readonly more?: Row }[],
  env: NodeJS.ProcessEnv = {},
): Promise<Loaded[]> {
  const models = await Promise.all(
    asked.map(async ({ root, rows, more }) => ({
      store: pathToFileURL(store(root)).href,
      model: `runs:/${(await readStoredRuns(store(root)))[0]?.id}/model`,
      rows,
      ...more,
    })),
  );
  const file = join(asked[0]?.root ?? '', 'asked.json');
  writeFileSync(file, JSON.stringify(models));
  return JSON.parse(await mlflowPython(['tests/tracking/fixtures/predict_models.py', file], env)) as Loaded[];
}

/** A project of pictures whose test pictures have the size that both resize to: PIL resizes otherwise than libvips does. */
async function pictureProject(config: object, side: number): Promise<string> {
  const root = await tinyPictureProject({ num_epochs: 6, learning_rate: 0.02, ...config });
  const rows = readFileSync(join(root, TEST), 'utf8').trim().split('\n').slice(0, ROWS);
  const lines = rows.map(async (line) => {
    const row = JSON.parse(line) as { readonly id: string; readonly image: string };
    const image = `../raw/exact-${row.id}.png`;
    const picture = sharp(join(root, dirname(TEST), row.image));
    await picture
      .resize(side, side, { fit: 'fill' })
      .png()
      .toFile(join(root, dirname(TEST), image));
    return `${JSON.stringify({ ...row, image })}\n`;
  });
  writeFileSync(join(root, TEST), (await Promise.all(lines)).join(''));
  return root;
}

const only =
  (...names: readonly string[]) =>
  (row: Row): Row =>
    Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]]));

/** Numbers are rounded to four places where we write them. */
const close = (value: unknown): unknown => expect.closeTo(value as number, 3);

function expectLabels({ answers, example, outputs }: Loaded, ours: readonly Row[]): void {
  expect(answers).toEqual(
    ours.map(({ prediction, confidence }) => ({ label: prediction, confidence: close(confidence) })),
  );
  expect(outputs).toMatchObject([{ name: 'label' }, { name: 'confidence', type: 'double' }]);
  expect(example).toHaveLength(1);
  // A model that says the same of everything could have been loaded wrongly.
  expect(new Set(answers.map(({ label }) => label)).size).toBeGreaterThan(1);
}

describeWithMlflow('MLflow models that mlflow.pyfunc loads', () => {
  it('of language models: whole, and LoRA over a base of our own', async () => {
    const whole = await trained(
      tinyProject({ config: { num_epochs: 20, eval_steps: 100, learning_rate: 0.01 } }, tinyGpt2),
    );
    const adapter = await trained(
      tinyProject({ config: { method: 'lora', lora_r: 8, num_epochs: 8, learning_rate: 0.02 } }, tinyGpt2),
    );
    const questions = (rows: readonly Row[]): Row[] =>
      rows.map(({ text, prompt, messages }) =>
        messages === undefined
          ? { prompt: prompt ?? text }
          : { messages: (messages as readonly Row[]).slice(0, -1) },
      );
    const models = [whole, adapter];
    const more = { params: { max_new_tokens: 12 } };
    const found = await loaded(models.map(({ root, rows }) => ({ root, rows: questions(rows), more })));
    for (const [index, { rows }] of models.entries()) {
      const { answers, inputs, example } = found[index] as Loaded;
      expect(answers).toEqual(rows.map(only('prediction', 'finish_reason')));
      expect(inputs).toMatchObject([
        { name: 'prompt', type: 'string', required: false },
        { name: 'messages', type: 'array', required: false },
      ]);
      expect(example).toMatchObject([{ prediction: expect.any(String) as string }]);
    }
    expect(new Set(whole.rows.map(({ finish_reason: reason }) => reason)).size).toBeGreaterThan(1);
  }, 300_000);

  it('of pictures: by path and by bytes; adapters, and LoRA over a file of torchvision', async () => {
    // Of a side of 20, 22 pixels are the shorter side before the middle is cut out; of 32, 36.
    const bottlenecks = await trained(pictureProject({ method: 'adapter', reduction_factor: 2 }, 22));
    const model = resolve('tests/finetuning/fixtures/torchvision-resnet/tiny.pth');
    const lora = await trained(
      pictureProject(
        {
          ...{ method: 'lora', lora_r: 4, target_modules: ['convolution'] },
          ...{ model_name: model, image_size: 32 },
        },
        36,
      ),
    );
    const pictures = ({ root, rows }: typeof lora) =>
      rows.map(({ image }) => ({ image: join(root, dirname(TEST), image as string) }));
    const models = [bottlenecks, lora];
    const found = await loaded(
      models.map((each) => ({ root: each.root, rows: pictures(each), more: { as_bytes: 'image' } })),
    );
    for (const [index, { rows }] of models.entries()) {
      const { answers, of_bytes: again, inputs } = found[index] as Loaded;
      expectLabels(found[index] as Loaded, rows);
      expect(again).toEqual(answers);
      expect(inputs).toMatchObject([{ name: 'image', type: 'any' }]);
    }
  }, 300_000);

  it('of other heads over texts and pairs of texts, and of QLoRA over what its base is in four bits', async () => {
    const number = await trained(pairProject('number', FULL));
    const numbers = await trained(pairProject('numbers', FULL));
    const labels = await trained(pairProject('labels', { num_epochs: 20 }));
    const quantized = await trained(tinyProject({ config: { method: 'qlora', num_epochs: 4 } }));
    const models = [number, numbers, labels, quantized];
    const found = await loaded(
      models.map(({ root, rows }) => ({ root, rows: rows.map(only('text', 'text_pair')) })),
    );
    const [ofNumber, ofNumbers, ofLabels, ofQuantized] = found as [Loaded, Loaded, Loaded, Loaded];
    expect(ofNumber.answers).toEqual(
      number.rows.map(({ prediction }) => ({ prediction: close(prediction) })),
    );
    expect(ofNumbers.answers.map((row) => Object.values(row))).toEqual(
      numbers.rows.map(({ prediction }) => (prediction as number[]).map((value) => close(value))),
    );
    expect(ofLabels.answers).toEqual(
      labels.rows.map(({ prediction, scores }) => ({
        labels: prediction,
        scores: Object.fromEntries(
          Object.entries(scores as Row).map(([name, share]) => [name, close(share)]),
        ),
      })),
    );
    expect(labels.rows.some(({ prediction }) => (prediction as string[]).length > 0)).toBe(true);
    for (const { inputs } of [ofNumber, ofNumbers, ofLabels])
      expect(inputs).toMatchObject([
        { name: 'text', required: true },
        { name: 'text_pair', required: false },
      ]);
    expectLabels(ofQuantized, quantized.rows);
  }, 400_000);

  it('of LoRA and QLoRA over a base that bitsandbytes has packed into four bits', async () => {
    const overPacked = (tiny: TinyModel, config: object): string => {
      const folders = [...tiny.folders, `${dirname(tiny.folders[0] as string)}/quantized`];
      const said = readFileSync(
        join('tests/finetuning/fixtures', tiny.folders[0] as string, 'config.json'),
        'utf8',
      );
      const packed = { ...(JSON.parse(said) as object), quantization_config: nf4QuantizationConfig };
      return tinyProject({ config, 'model/config.json': JSON.stringify(packed) }, { ...tiny, folders });
    };
    const lora = await trained(overPacked(tinyBert, { num_epochs: 4 }));
    const qlora = await trained(
      overPacked(tinyGpt2, { method: 'qlora', lora_r: 8, num_epochs: 8, learning_rate: 0.02 }),
    );
    const some = qlora.rows.filter(({ prompt }) => prompt !== undefined);
    const more = { params: { max_new_tokens: 12 } };
    const [ofTexts, ofPrompts] = (await loaded([
      { root: lora.root, rows: lora.rows.map(only('text')) },
      { root: qlora.root, rows: some.map(only('prompt')), more },
    ])) as [Loaded, Loaded];
    expectLabels(ofTexts, lora.rows);
    expect(ofPrompts.answers).toEqual(some.map(only('prediction', 'finish_reason')));
  }, 300_000);

  /** The library wants an older transformers than MLflow's other judges have: its packages come first. */
  const adapters = process.env['REPRISE_TEST_ADAPTERS_PYTHON'];
  (adapters === undefined ? it.skip : it)(
    "of AdapterHub's adapters, with the library that they are named after",
    async () => {
      const texts = await trained(tinyProject({ config: { ...NO_LORA, num_epochs: 4 } }));
      const prompts = await trained(
        tinyProject(
          { config: { method: 'adapter', reduction_factor: 4, num_epochs: 8, learning_rate: 0.02 } },
          tinyGpt2,
        ),
      );
      const library = join(dirname(adapters as string), '../lib');
      const version = readdirSync(library).find((name) => name.startsWith('python')) as string;
      const some = prompts.rows.filter(({ prompt }) => prompt !== undefined);
      const more = { params: { max_new_tokens: 12 } };
      const [ofTexts, ofPrompts] = (await loaded(
        [
          { root: texts.root, rows: texts.rows.map(only('text')) },
          { root: prompts.root, rows: some.map(only('prompt')), more },
        ],
        { PYTHONPATH: join(library, version, 'site-packages') },
      )) as [Loaded, Loaded];
      expectLabels(ofTexts, texts.rows);
      expect(ofPrompts.answers).toEqual(some.map(only('prediction', 'finish_reason')));
    },
    300_000,
  );
});
