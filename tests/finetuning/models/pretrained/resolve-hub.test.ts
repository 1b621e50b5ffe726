import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cacheOf,
  COMMIT,
  home,
  hub,
  log,
  offer,
  resolve,
  weights,
  whole,
  startAnotherHub,
} from './hub-home.js';
import { TOKEN, gitHash, sha256 } from './hub-server.js';

describe("a model of the hub's", () => {
  it('is fetched into the cache that Python uses, in the way of Python', async () => {
    const folder = await resolve('some/model', 'main', { HF_TOKEN: TOKEN });
    const cache = cacheOf('some/model');
    expect(folder).toBe(join(cache, 'snapshots', COMMIT));
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
    expect(readFileSync(join(cache, 'refs/main'), 'utf8')).toBe(COMMIT);
    // Blobs are named after the digests by which they were judged.
    expect(readlinkSync(join(folder, 'model.safetensors'))).toBe(`../../blobs/${sha256(weights)}`);
    expect(readlinkSync(join(folder, 'config.json'))).toBe(`../../blobs/${gitHash(whole['config.json'])}`);
    expect(readdirSync(join(cache, 'blobs'))).toHaveLength(3);
  });

  it('is asked for with the token, which other hosts and the log do not see', async () => {
    mkdirSync(join(home, 'huggingface'));
    writeFileSync(join(home, 'huggingface/token'), `${TOKEN}\n`);
    offer('some/model', whole, 'private');
    await resolve('some/model');
    expect([...hub.tokens]).toEqual([`Bearer ${TOKEN}`]);
    expect([...hub.storeTokens]).toEqual([undefined]);
    expect(log.join('\n')).not.toContain(TOKEN);
  });

  it('needs no network for a commit that was fetched', async () => {
    const folder = await resolve('some/model', COMMIT);
    hub.requests.length = 0;
    expect(await resolve('some/model', COMMIT)).toBe(folder);
    expect(hub.requests).toEqual([]);
  });

  it('is as its branch was when the hub is away', async () => {
    const folder = await resolve('some/model');
    await hub.stop();
    expect(await resolve('some/model')).toBe(folder);
    expect(log).toContain(`using the copy in ${folder}`);
    await startAnotherHub();
  });

  it('shares with the commit before what did not change', async () => {
    await resolve('some/model');
    hub.requests.length = 0;
    const later = COMMIT.replace('0', 'f');
    const config = Buffer.concat([whole['config.json'], Buffer.from('\n')]);
    hub.repositories.set('some/model', { files: { ...whole, 'config.json': config }, commit: later });
    expect(await resolve('some/model')).toBe(join(cacheOf('some/model'), 'snapshots', later));
    expect(hub.requests.filter((path) => path.includes('/resolve/'))).toEqual([
      `/some/model/resolve/${later}/config.json`,
    ]);
    // The commit before stays: a run that was pinned to it goes on.
    expect(await resolve('some/model', COMMIT)).toBe(join(cacheOf('some/model'), 'snapshots', COMMIT));
  });

  it('may be called as torchvision calls it, and needs no tokenizer when it is for images', async () => {
    const config = Buffer.from('{"model_type": "resnet"}');
    const files = { 'config.json': config, 'preprocessor_config.json': Buffer.from('{}'), 'model.safetensors': weights }; // prettier-ignore
    offer('microsoft/resnet-50', files);
    const folder = await resolve('resnet50');
    expect(folder).toBe(join(cacheOf('microsoft/resnet-50'), 'snapshots', COMMIT));
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
  });

  it('may have a name without an owner, and files that are of no use here', async () => {
    offer('gpt2', {
      ...whole,
      'merges.txt': Buffer.from('a b'),
      'vocab.json': Buffer.from('{}'),
      'generation_config.json': Buffer.from('{}'),
      'README.md': Buffer.from('#'),
      'pytorch_model.bin': weights,
      'tf_model.h5': weights,
    });
    expect(readdirSync(await resolve('gpt2')).sort()).toEqual(
      [...Object.keys(whole), 'generation_config.json', 'merges.txt', 'vocab.json'].sort(),
    );
  });
});
