import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostIdOf } from '../../../workers/host/host-id.js';

describe('hostIdOf', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'reprise-host-'));

  it('keeps a readable name in the served folder, apart from that of other hosts and folders', async () => {
    const root = folder();
    const id = await hostIdOf(root);
    expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]*-[\da-f]{4}$/);
    expect(id.startsWith(hostname().slice(0, 8))).toBe(true);
    expect(await hostIdOf(root)).toBe(id);
    expect(await hostIdOf(folder())).not.toBe(id);

    const file = join(root, '.reprise', 'host.json');
    const kept = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...kept, other: 'other-0000' }));
    expect(await hostIdOf(root)).toBe(id);
  });

  it('makes a new one in place of a file that cannot be read', async () => {
    const root = folder();
    await hostIdOf(root);
    writeFileSync(join(root, '.reprise', 'host.json'), '{"to');
    const id = await hostIdOf(root);
    expect(await hostIdOf(root)).toBe(id);
  });

  it('takes the one that is given, and refuses one that is no part of a queue name', async () => {
    const root = folder();
    expect(await hostIdOf(root, 'rack7.gpu-1')).toBe('rack7.gpu-1');
    expect(existsSync(join(root, '.reprise', 'host.json'))).toBe(false);
    for (const bad of ['', 'a@b', '-a', 'a b', 'x'.repeat(101)]) {
      await expect(hostIdOf(root, bad)).rejects.toMatchObject({ code: 'bad-host-id' });
    }
  });
});
