import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchWheel } from '../../../infra/setup/fetch-wheel.mjs';
import { requirePip } from '../../../infra/setup/python.mjs';
import { scratchFolder } from '../scratch.js';
import { writeZip } from '../zip-file.js';

/** The real pip, with a folder in place of the index. */
describe('fetchWheel', () => {
  const folder = scratchFolder();
  const index = join(folder, 'index');
  const name = 'reprise_demo-1.0-py3-none-any.whl';
  mkdirSync(index);
  writeZip(join(index, name), [
    { name: 'reprise_demo/library', text: 'bytes' },
    {
      name: 'reprise_demo-1.0.dist-info/METADATA',
      text: 'Metadata-Version: 2.1\nName: reprise-demo\nVersion: 1.0\n',
    },
    {
      name: 'reprise_demo-1.0.dist-info/WHEEL',
      text: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    },
    { name: 'reprise_demo-1.0.dist-info/RECORD', text: '' },
  ]);
  const bytes = statSync(join(index, name)).size;
  const sha256 = createHash('sha256')
    .update(readFileSync(join(index, name)))
    .digest('hex');
  const downloads = join(folder, 'downloads');
  const offline = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index };

  const fetch = async (
    wheel: { file: string; sha256: string; bytes: number },
    env: NodeJS.ProcessEnv = offline,
  ) => {
    const pip = (await requirePip()).command;
    return await fetchWheel(wheel, { pip, folder: downloads, env, onBytes: () => undefined });
  };

  beforeEach(() => {
    rmSync(downloads, { recursive: true, force: true });
    mkdirSync(downloads);
  });

  it('fetches it, over what an interrupted run left, and takes it as it is the next time', async () => {
    mkdirSync(join(downloads, `${name}.part`));
    writeFileSync(join(downloads, `${name}.part`, name), 'half of it');
    const file = await fetch({ file: name, sha256, bytes });
    expect(readFileSync(file)).toEqual(readFileSync(join(index, name)));
    expect(readdirSync(downloads)).toEqual([name]);
    const nowhere = { ...offline, PIP_FIND_LINKS: join(folder, 'nowhere') };
    expect(await fetch({ file: name, sha256, bytes }, nowhere)).toBe(file);
  });

  it('refuses a file with another digest, and keeps nothing of it', async () => {
    const expected = sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await expect(fetch({ file: name, sha256: expected, bytes })).rejects.toMatchObject({
      code: 'wrong-digest',
      message: expect.stringContaining(sha256),
    });
    expect(readdirSync(downloads)).toEqual([]);
  });

  it('says that the network is missing, and what to do', async () => {
    const unreachable = { ...process.env, PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_FIND_LINKS: '' };
    await expect(fetch({ file: name, sha256, bytes }, unreachable)).rejects.toMatchObject({
      code: 'no-network',
      fix: expect.stringContaining('HTTPS_PROXY'),
    });
    expect(existsSync(join(downloads, name))).toBe(false);
  });

  it('says which file the index does not have', async () => {
    const missing = { file: 'reprise_other-1.0-py3-none-any.whl', sha256, bytes };
    await expect(fetch(missing)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('reprise_other-1.0'),
    });
  });
});
