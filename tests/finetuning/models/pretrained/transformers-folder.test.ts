import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformersFiles } from '../../../../finetuning/models/pretrained/transformers-folder.js';
import { SafetensorsFile } from '../../../../finetuning/models/safetensors/safetensors-file.js';
import { openWeights } from '../../../../finetuning/models/weights/open-weights.js';
import { home, MODEL, resolve } from './hub-home.js';

describe('the files that transformers reads', () => {
  it('are those of the folder, and not what lies beside them', () => {
    const folder = join(home, 'model');
    cpSync(MODEL, folder, { recursive: true });
    cpSync('tests/finetuning/fixtures/tokenizer-tiny', folder, { recursive: true });
    cpSync(join(folder, 'config.json'), join(folder, 'notes.json'));
    const files = transformersFiles(folder, join(home, 'temporary'));
    expect(files).toMatchObject({ 'model.safetensors': join(folder, 'model.safetensors') });
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['config.json', 'tokenizer.json']));
    expect(files).not.toHaveProperty('notes.json');
  });

  it('have the names that it knows, where a file of torchvision has its own', async () => {
    const file = 'tests/finetuning/fixtures/torchvision-resnet/tiny.pth';
    cpSync(file, join(home, 'tiny.pth'));
    const folder = await resolve('tiny.pth');
    const files = transformersFiles(folder, join(home, 'temporary'));
    expect(Object.keys(files).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'preprocessor_config.json',
    ]);
    const written = SafetensorsFile.open(files['model.safetensors'] as string);
    const given = openWeights(folder);
    expect(written.names).toContain('resnet.encoder.stages.3.layers.0.layer.1.normalization.running_var');
    for (const name of written.names) {
      expect(written.shape(name)).toEqual(given.shape(name));
      expect(written.readFloat32(name)).toEqual(given.readFloat32(name));
    }
    const parameters = given.names.filter((name) => !name.endsWith('.num_batches_tracked'));
    expect([...written.names].sort()).toEqual(parameters.sort());
    for (const source of [written, given]) source.close();
    expect(JSON.parse(readFileSync(files['config.json'] as string, 'utf8'))).toMatchObject({
      model_type: 'resnet',
    });
  });
});
