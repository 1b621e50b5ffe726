import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf, COMMIT, env, home, hub, log, offer, resolve, whole } from './hub-home.js';
import { TOKEN } from './hub-server.js';

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
