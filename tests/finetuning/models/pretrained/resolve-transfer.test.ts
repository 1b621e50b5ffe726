import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asked, cacheOf, COMMIT, hub, log, resolve, weights, whole } from './hub-home.js';
import { sha256 } from './hub-server.js';

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
