import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { openClassifier } from '../../../finetuning/index.js';
import { dequantizeNf4 } from '../../../finetuning/methods/nf4/dequantize.js';
import { quantizeNf4 } from '../../../finetuning/methods/nf4/quantize.js';
import {
  encodeSafetensors,
  type NamedTensor,
} from '../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { finetune } from '../../../finetuning/training/finetune.js';
import { tinyConfig, tinyProject } from './tiny-project.js';

const TEXTS = ['a domesticated carnivorous mammal', 'the capital of finance', 'cafe', 'it is 3.14'];
const QUANTIZED = 'tests/finetuning/fixtures/bert-tiny/quantized/model.safetensors';

let root: string;
beforeEach(() => {
  root = tinyProject();
});
afterEach(() => rmSync(root, { recursive: true }));

/** Trains from the project's model, or another folder of it. @returns the adapter's bytes */
async function train(outputDir: string, options: { model?: string; stopAt?: number } = {}): Promise<Buffer> {
  const stop = new AbortController();
  const call = {
    config: finetuningConfigSchema.parse({ ...tinyConfig, method: 'qlora', seed: 42 }),
    trainFile: join(root, 'data/finetuning/train.jsonl'),
    valFile: join(root, 'data/finetuning/val.jsonl'),
    outputDir: join(root, outputDir),
    checkpoints: { folder: join(root, `${outputDir}-checkpoints`) },
    modelDir: join(root, options.model ?? 'model'),
  };
  const result = await finetune({
    ...call,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === 'step' && event.step === options.stopAt) stop.abort();
    },
  });
  if (options.stopAt !== undefined) {
    expect(result).toMatchObject({ status: 'interrupted', steps: options.stopAt });
    expect(await finetune({ ...call, onEvent: () => {} })).toMatchObject({ resumedFrom: options.stopAt });
  }
  return readFileSync(join(root, outputDir, 'best_model/adapter_model.safetensors'));
}

/** The project's model with what its layers come back as from NF4. */
function roundTrip(folder: string): void {
  cpSync(join(root, 'model'), join(root, folder), { recursive: true });
  const file = SafetensorsFile.open(join(root, 'model/model.safetensors'));
  const tensors = file.names.map((name): [string, NamedTensor] => {
    const [shape, data] = [file.shape(name), file.readFloat32(name)];
    const stays = shape.length !== 2 || name.includes('_embeddings.') || name.startsWith('classifier.');
    return [name, { shape, data: stays ? data : dequantizeNf4(quantizeNf4(data), data.length) }];
  });
  file.close();
  writeFileSync(join(root, folder, 'model.safetensors'), encodeSafetensors(Object.fromEntries(tensors)));
}

async function logits(base: string, adapter: string): Promise<Float32Array> {
  const labels = ['animal', 'place', 'thing'];
  const folders = { baseModelDir: join(root, base), adapterDir: join(root, adapter) };
  const classifier = await openClassifier({ ...folders, labels, seed: 42 });
  const found = classifier.predict(TEXTS);
  classifier.dispose();
  return found;
}

describe('QLoRA', () => {
  it('writes an adapter over a quantized base, which predicts over that', async () => {
    await train('out');
    const config = JSON.parse(readFileSync(join(root, 'out/best_model/config.json'), 'utf8')) as unknown;
    expect(config).toMatchObject({
      quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true },
    });
    roundTrip('float');
    // The same adapter by itself, over the values that the quantized base has.
    mkdirSync(join(root, 'plain'));
    for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
      cpSync(join(root, 'out/best_model', name), join(root, 'plain', name));
    const expected = await logits('float', 'plain');
    const found = await logits('model', 'out/best_model');
    found.forEach((logit, index) => expect(logit).toBeCloseTo(expected[index] as number, 5));
    const unquantized = await logits('model', 'plain');
    const distance = Math.max(
      ...found.map((logit, index) => Math.abs(logit - (unquantized[index] as number))),
    );
    expect(distance).toBeGreaterThan(1e-3);
  });

  it('goes on after an interruption to the same bytes', async () => {
    expect((await train('interrupted', { stopAt: 9 })).equals(await train('through'))).toBe(true);
  });

  it('takes the bytes of a base that bitsandbytes quantized as they are', async () => {
    cpSync(join(root, 'model'), join(root, 'quantized'), { recursive: true });
    cpSync(QUANTIZED, join(root, 'quantized/model.safetensors'));
    expect((await train('from-bytes', { model: 'quantized' })).equals(await train('from-floats'))).toBe(true);
  });
});
