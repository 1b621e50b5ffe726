import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findTemporalCli } from '../../../infra/locate/index.js';
import { fetchedTemporalCli } from '../../../infra/setup/find-temporal.mjs';
import { scratchFolder } from '../scratch.js';

/** The real CLI, put where it may be found. */
describe('findTemporalCli', () => {
  const folder = scratchFolder();
  const cache = join(folder, 'cache');
  const bin = join(folder, 'bin');
  const empty = { PATH: '/nowhere', REPRISE_CACHE_DIR: cache };

  beforeAll(async () => {
    const real = await findTemporalCli();
    if (!real) throw new Error('run `npm run setup` first');
    mkdirSync(bin);
    symlinkSync(real.path, join(bin, 'temporal'));
    const fetched = fetchedTemporalCli(cache);
    mkdirSync(dirname(fetched), { recursive: true });
    symlinkSync(real.path, fetched);
  });

  it('prefers the variable, then PATH, then the cache', async () => {
    const path = join(bin, 'temporal');
    const named = { ...empty, PATH: bin, TEMPORAL_CLI_PATH: fetchedTemporalCli(cache) };
    expect(await findTemporalCli(named)).toMatchObject({ source: 'TEMPORAL_CLI_PATH' });
    expect(await findTemporalCli({ ...empty, PATH: bin })).toMatchObject({ source: 'PATH', path });
    expect(await findTemporalCli(empty)).toEqual({
      source: 'cache',
      path: fetchedTemporalCli(cache),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(await findTemporalCli({ ...empty, REPRISE_CACHE_DIR: join(folder, 'none') })).toBeUndefined();
  });

  it('does not go on when the variable is wrong', async () => {
    const wrong = { ...empty, PATH: bin, TEMPORAL_CLI_PATH: join(folder, 'no-such-program') };
    await expect(findTemporalCli(wrong)).rejects.toMatchObject({
      name: 'DiagnosticError',
      code: 'temporal-cli-path',
      fix: expect.stringContaining('unset TEMPORAL_CLI_PATH'),
    });
  });
});
