import { jest } from '@jest/globals';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { finetune } from '../../../finetuning/training/finetune.js';
import type { TrainingEvent } from '../../../finetuning/training/training-events.js';
import { tinyProject, tinyRows } from './tiny-project.js';

jest.setTimeout(300_000);

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

interface Case {
  readonly config?: object;
  readonly train?: string;
  readonly validation?: string;
  /** Where the output goes, below the project. */
  readonly out?: string;
  /** Changes the project before it is trained. */
  readonly change?: (root: string) => void;
  /** A folder of the project's own in place of the one that is made. */
  readonly folder?: string;
}

function project({ config, train, validation, change, folder }: Case): string {
  const made = tinyProject({
    config: { max_length: 8, max_steps: 2, eval_steps: null, ...config },
    ...(train === undefined ? {} : { 'data/finetuning/train.jsonl': train }),
    ...(validation === undefined ? {} : { 'data/finetuning/val.jsonl': validation }),
  });
  const root = folder === undefined ? made : `${made}-${folder}`;
  if (root !== made) renameSync(made, root);
  roots.push(root);
  change?.(root);
  return root;
}

async function trained(root: string, out = 'out'): Promise<readonly TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  await finetune({
    config: loadFinetuningConfig(root),
    projectDir: root,
    trainFile: join(root, 'data/finetuning/train.jsonl'),
    valFile: join(root, 'data/finetuning/val.jsonl'),
    outputDir: join(root, out),
    checkpoints: { folder: join(root, 'checkpoints') },
    modelDir: join(root, 'model'),
    onEvent: (event) => events.push(event),
  });
  return events;
}

/** Writes NaN over the first value of a tensor. */
function breakWeight(root: string, name: string): void {
  const path = join(root, 'model/model.safetensors');
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    { data_offsets: [number] }
  >;
  const [key] = Object.keys(header).filter((key) => key.endsWith(name));
  bytes.writeFloatLE(NaN, 8 + length + (header[key as string]?.data_offsets[0] as number));
  writeFileSync(path, bytes);
}

const row = (label: string): string => `${JSON.stringify({ id: label, text: 'cafe', label })}\n`;

describe('a training refuses', () => {
  it.each<[string, Case, object]>([
    ['a training file without rows', { train: '' }, { code: 'no-rows' }],
    ['one of blank lines', { train: '\n \n' }, { code: 'no-rows' }],
    ['one of a single row, which has a single label', { train: row('place') }, { code: 'one-label' }],
    [
      'a label that is in the validation alone',
      { validation: tinyRows(3, 0) + row('idea') },
      { code: 'unknown-label', message: /idea/, at: { line: 4 } },
    ],
    ['save_steps: 0', { config: { save_steps: 0 } }, { code: 'bad-config', message: /save_steps/ }],
    ['no epoch', { config: { num_epochs: 0 } }, { code: 'bad-config', message: /num_epochs/ }],
    [
      'an output in what is no folder, before it begins',
      { out: 'params.yaml/out' },
      { code: 'not-writable', message: /params\.yaml/ },
    ],
    [
      'a model with values that are not numbers, by their names',
      { change: (root) => breakWeight(root, 'embeddings.LayerNorm.weight') },
      { code: 'bad-weights', message: /embeddings\.LayerNorm\.weight/ },
    ],
    [
      'a tokenizer with more tokens than the model',
      {
        change(root) {
          const path = join(root, 'model/tokenizer.json');
          // The least id that a text can have becomes one that the model does not have.
          writeFileSync(path, readFileSync(path, 'utf8').replace(/("cafe": )\d+/, '$19999'));
        },
        train: row('place') + row('thing'),
      },
      { code: 'bad-tokenizer', message: /no embedding/ },
    ],
  ])('%s', async (_, given, error) => {
    const { message, at, ...rest } = error as { message?: RegExp; at?: object };
    await expect((async () => trained(project(given), given.out))()).rejects.toMatchObject({
      ...rest,
      ...(message ? { message: expect.stringMatching(message) as string } : {}),
      ...(at ? { at: expect.objectContaining(at) as object } : {}),
    });
  });
});

it('fewer rows than a batch, in folders of any name, with longer texts and rarer validations than there are', async () => {
  const root = project({
    config: {
      batch_size: 64,
      num_epochs: 3,
      max_steps: null,
      max_length: 4096,
      eval_strategy: 'steps',
      eval_steps: 1000,
    },
    train: tinyRows(3, 0),
    folder: 'größe 漢字 ’',
  });
  const events = await trained(root, 'aus gabe/é');
  const steps = (kind: string): number[] =>
    events.flatMap((event) => (event.kind === kind && 'step' in event ? [event.step] : []));
  expect(steps('step')).toEqual([1, 2, 3]);
  expect(steps('evaluated')).toEqual([3]);
  const told = events.flatMap((event) => (event.kind === 'log' ? [event.message] : []));
  expect(told.join('\n')).toMatch(/max_length is \d+: the model has no more positions/);
  expect(readdirSync(join(root, 'aus gabe/é')).sort()).toEqual(['best_model', 'training.json']);
});

it('a checkpoint of another batch size is not continued, and that is said', async () => {
  const root = project({});
  await trained(root);
  const path = join(root, 'configs/finetuning/tiny.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('batch_size: 8', 'batch_size: 4'));
  const events = await trained(root);
  expect(events).toContainEqual(expect.objectContaining({ kind: 'began', resumedFrom: 0 }));
  const told = events.flatMap((event) => (event.kind === 'log' ? [event.message] : []));
  expect(told.join('\n')).toMatch(/checkpoint-2 belongs to a training with other settings, model or data/);
});
