import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePretrained } from '../../../finetuning/models/pretrained/resolve-pretrained.js';

const MODEL = 'tests/finetuning/fixtures/bert-tiny/model';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** The hub's endpoints, over the tiny model's files, in the hub's own answers. */
class Hub {
  readonly requests: string[] = [];
  readonly tokens = new Set<string | undefined>();
  readonly #server: Server;
  readonly #files: Record<string, Buffer>;

  constructor() {
    this.#files = {
      'config.json': readFileSync(join(MODEL, 'config.json')),
      'model.safetensors': readFileSync(join(MODEL, 'model.safetensors')),
      'tokenizer.json': readFileSync('tests/finetuning/fixtures/tokenizer-tiny/tokenizer.json'),
    };
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] as string);
    this.requests.push(path);
    this.tokens.add(request.headers.authorization);
    const json = (value: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    const entry = (name: string): object => ({
      type: 'file',
      path: name,
      size: this.#files[name]?.length,
      oid: createHash('sha1')
        .update(this.#files[name] as Buffer)
        .digest('hex'),
      lastCommit: { id: COMMIT, title: '', date: '2026-01-01T00:00:00Z' },
    });
    if (path === '/api/models/some/model/revision/main')
      return json({ _id: '1', id: 'some/model', private: false, gated: false, likes: 0, downloads: 0, lastModified: '2026-01-01T00:00:00Z', sha: COMMIT }); // prettier-ignore
    if (path === `/api/models/some/model/tree/${COMMIT}`) return json(Object.keys(this.#files).map(entry));
    if (path === `/api/models/some/model/paths-info/${COMMIT}`) {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      return json((JSON.parse(body) as { paths: string[] }).paths.map(entry));
    }
    const name = path.replace(`/some/model/resolve/${COMMIT}/`, '');
    const bytes = this.#files[name];
    if (!bytes) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Repository not found"}');
      return;
    }
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    const [start, end] = range ? [Number(range[1]), Number(range[2])] : [0, bytes.length - 1];
    response
      .writeHead(range ? 206 : 200, {
        etag: `"${createHash('sha1').update(bytes).digest('hex')}"`,
        ...(range ? { 'content-range': `bytes ${start}-${end}/${bytes.length}` } : {}),
      })
      .end(bytes.subarray(start, end + 1));
  }
}

describe('resolvePretrained', () => {
  let home: string;
  let hub: Hub;
  let env: Record<string, string | undefined>;
  const log: string[] = [];
  const resolve = (name: string, revision = 'main', more: object = {}): Promise<string> =>
    resolvePretrained(name, {
      revision,
      log: (line) => log.push(line),
      root: home,
      env: { ...env, ...more },
    });

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'reprise-pretrained-'));
    hub = new Hub();
    env = {
      PATH: process.env.PATH,
      HF_ENDPOINT: await hub.start(),
      HF_HOME: join(home, 'huggingface'),
      REPRISE_CACHE_DIR: join(home, 'cache'),
    };
    log.length = 0;
  });
  afterEach(async () => {
    await hub.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('takes a folder as it is', async () => {
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

  it('fetches by name into the cache that Python uses', async () => {
    const folder = await resolve('some/model', 'main', { HF_TOKEN: 'hf_secret' });
    expect(folder).toBe(join(home, 'huggingface/hub/models--some--model/snapshots', COMMIT));
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(
      readFileSync(join(MODEL, 'model.safetensors')),
    );
    expect(readFileSync(join(home, 'huggingface/hub/models--some--model/refs/main'), 'utf8')).toBe(COMMIT);
    expect([...hub.tokens]).toContain('Bearer hf_secret');
    expect(log.join('\n')).not.toContain('hf_secret');
  });

  it('needs no network for a commit that it has', async () => {
    const folder = await resolve('some/model', COMMIT);
    hub.requests.length = 0;
    expect(await resolve('some/model', COMMIT)).toBe(folder);
    expect(hub.requests).toEqual([]);
  });

  it('uses the branch as it was when the hub is away', async () => {
    const folder = await resolve('some/model');
    await hub.stop();
    expect(await resolve('some/model')).toBe(folder);
    expect(log).toContain(`using the copy in ${folder}`);
    hub = new Hub();
    await hub.start();
  });

  it('says what was tried', async () => {
    await expect(resolve('other/model')).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringMatching(
        /^other\/model at main cannot be had: the hub: Repository not found/,
      ) as string,
    });
    await expect(resolve('some/model', 'main', { HF_HUB_OFFLINE: '1' })).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('HF_HUB_OFFLINE') as string,
    });
    expect(existsSync(join(home, 'cache'))).toBe(false);
  });

  it('names pip when that, too, cannot bring it', async () => {
    await expect(
      resolve('sentence-transformers/all-MiniLM-L6-v2', 'main', { PATH: home }),
    ).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('pip: spawn python3 ENOENT') as string,
    });
    expect(readdirSync(join(home, 'cache/models'))).toEqual([]);
  });
});
