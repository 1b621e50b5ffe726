import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePretrained } from '../../../../finetuning/models/pretrained/resolve-pretrained.js';
import { readNetwork, readWeights } from '../../../../finetuning/models/read-network.js';
import { HubServer, type Repository } from './hub-server.js';

export const MODEL = 'tests/finetuning/fixtures/bert-tiny/model';
export const TORCH = 'tests/finetuning/fixtures/torch-files';
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export const weights = readFileSync(join(MODEL, 'model.safetensors'));
export const text = {
  'config.json': readFileSync(join(MODEL, 'config.json')),
  'tokenizer.json': readFileSync('tests/finetuning/fixtures/tokenizer-tiny/tokenizer.json'),
};
export const whole = { ...text, 'model.safetensors': weights };

/** A home of its own for each test, and a hub with `some/model`. */
export let home: string;
export let hub: HubServer;
export let env: Record<string, string | undefined>;
export const log: string[] = [];

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

/** In place of one that was stopped, for the end of the test. */
export async function startAnotherHub(): Promise<void> {
  hub = new HubServer();
  await hub.start();
}

export function resolve(name: string, revision = 'main', more: Record<string, string> = {}): Promise<string> {
  return resolvePretrained(name, {
    revision,
    log: (line) => log.push(line),
    root: home,
    env: { ...env, ...more },
  });
}

export function offer(name: string, files: Repository['files'], access?: Repository['access']): void {
  hub.repositories.set(name, { files, commit: COMMIT, ...(access ? { access } : {}) });
}

/** Every value that the tiny model gets. */
export function read(path: string): ReadonlyMap<string, Float32Array> {
  const { values, created, close } = readWeights(readNetwork(MODEL, ['a', 'b', 'c']), path, 1);
  expect(created).toEqual([]);
  const read = new Map(values);
  close();
  return read;
}

export const cacheOf = (name: string): string =>
  join(home, 'huggingface/hub', `models--${name.replace('/', '--')}`);
export const asked = (name: string): string[] =>
  hub.requests.filter((request) => request.includes(`/${name}`));
