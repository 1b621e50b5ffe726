import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { stringify } from 'yaml';
import { RandomStream } from '../../../finetuning/random/stream.js';
import { writeFiles } from '../../rig/project.js';

/** What a pixel shows, from 0 to 1: enough for the tiny model to tell the labels apart. */
const SHAPES = {
  bars: (x: number) => (Math.floor(x / 4) % 2 === 0 ? 0.9 : 0.2),
  disc: (x: number, y: number) => (Math.hypot(x - 12, y - 12) < 7 ? 0.8 : 0.1),
  fade: (_x: number, y: number) => y / 24,
} as const;
type Label = keyof typeof SHAPES;
const LABELS = Object.keys(SHAPES) as Label[];

/** PNG and JPEG, color and gray, upright and lying, all drawn from the number. */
async function picture(number: number, label: Label): Promise<{ bytes: Buffer; ending: string }> {
  const stream = new RandomStream(1, `picture/${number}`);
  const [width, height] = [24 + (number % 5), 24 + ((number * 3) % 7)];
  const channels = number % 4 === 0 ? 1 : 3;
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const value = SHAPES[label](pixel % width, Math.floor(pixel / width));
    return Math.round(255 * Math.min(Math.max(value + 0.3 * (stream.uniform() - 0.5), 0), 1));
  });
  const image = sharp(pixels, { raw: { width, height, channels } });
  return number % 3 === 0
    ? { bytes: await image.jpeg().toBuffer(), ending: 'jpg' }
    : { bytes: await image.png().toBuffer(), ending: 'png' };
}

/** Writes pictures, and a .jsonl that names them relative to itself. */
async function writeRows(root: string, file: string, count: number, offset: number): Promise<void> {
  const lines: string[] = [];
  for (let number = offset; number < offset + count; number++) {
    const label = LABELS[number % LABELS.length] as Label;
    const { bytes, ending } = await picture(number, label);
    const path = join(root, 'data/raw', `${number}.${ending}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    lines.push(JSON.stringify({ id: String(number), image: `../raw/${number}.${ending}`, label }));
  }
  writeFiles(root, { [file]: `${lines.join('\n')}\n` });
}

const tinyPictureConfig = {
  method: 'full',
  model_name: 'model',
  learning_rate: 0.01,
  warmup_steps: 2,
  weight_decay: 0.01,
  num_epochs: 2,
  batch_size: 8,
  eval_batch_size: 16,
  augmentation: { random_resized_crop: { scale: [0.5, 1] }, horizontal_flip: 0.5, pad_and_crop: 2 },
  save_steps: 4,
  eval_steps: 6,
  logging_steps: 3,
} as const;

/** As microsoft/resnet-50 has it, but for its size. */
export const preprocessorConfig = {
  crop_pct: 0.875,
  do_normalize: true,
  do_resize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_processor_type: 'ConvNextImageProcessor',
  image_std: [0.229, 0.224, 0.225],
  resample: 3,
  size: { shortest_edge: 20 },
};

/** A finetuning project of pictures. 60 training rows are eight updates per epoch, of which the last has four rows. */
export async function tinyPictureProject(config: object = {}): Promise<string> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-pictures-')));
  cpSync('tests/finetuning/fixtures/resnet-tiny/model', join(root, 'model'), { recursive: true });
  writeFiles(root, {
    'model/preprocessor_config.json': JSON.stringify(preprocessorConfig),
    'params.yaml': 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 16\n  worst_errors: 5\n',
    'configs/base_config.yaml': 'name: tiny\ntask: image-classification\nseed: 42\n',
    'configs/finetuning/tiny.yaml': stringify({ ...tinyPictureConfig, ...config }),
  });
  await writeRows(root, 'data/finetuning/train.jsonl', 60, 0);
  await writeRows(root, 'data/finetuning/val.jsonl', 30, 1000);
  await writeRows(root, 'data/finetuning/test.jsonl', 30, 2000);
  return root;
}
