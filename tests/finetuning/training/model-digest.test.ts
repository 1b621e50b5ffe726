import { appendFileSync, cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelDigest } from '../../../finetuning/training/fingerprint.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-digest-'));
  cpSync('tests/finetuning/fixtures/bert-tiny/model', folder, { recursive: true });
  cpSync('tests/finetuning/fixtures/tokenizer-tiny', folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a model's digest", () => {
  it('is the same for the same files, whatever else lies beside them', async () => {
    const digest = await modelDigest(folder);
    writeFileSync(join(folder, 'README.md'), '# A model');
    writeFileSync(join(folder, 'pytorch_model.bin'), 'not read, because safetensors come first');
    expect(await modelDigest(folder)).toBe(digest);
  });

  it.each(['config.json', 'tokenizer.json', 'model.safetensors'])('changes with %s', async (name) => {
    const digest = await modelDigest(folder);
    appendFileSync(join(folder, name), ' ');
    expect(await modelDigest(folder)).not.toBe(digest);
  });

  it('changes with the names of special tokens', async () => {
    const digest = await modelDigest(folder);
    writeFileSync(join(folder, 'special_tokens_map.json'), '{"eos_token": "a"}');
    expect(await modelDigest(folder)).not.toBe(digest);
  });

  it('changes with how images are prepared, and with each shard', async () => {
    rmSync(join(folder, 'tokenizer.json'));
    const digests = new Set([await modelDigest(folder)]);
    writeFileSync(join(folder, 'preprocessor_config.json'), '{}');
    digests.add(await modelDigest(folder));
    renameSync(join(folder, 'model.safetensors'), join(folder, 'one.safetensors'));
    writeFileSync(join(folder, 'two.safetensors'), 'two');
    const map = { a: 'one.safetensors', b: 'two.safetensors' };
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    digests.add(await modelDigest(folder));
    appendFileSync(join(folder, 'two.safetensors'), ' ');
    digests.add(await modelDigest(folder));
    expect(digests.size).toBe(4);
  });
});
