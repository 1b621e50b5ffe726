import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileRooms } from '../dvc/state/compiled.js';
import { describeWithDvc, run } from '../dvc/state/real-dvc.js';

const SCRIPT = `
import { linkSync, writeFileSync } from 'node:fs';
import { LocalStore } from './storage/index.js';
const [folder, key, name, begin] = process.argv.slice(2);
writeFileSync(folder + '/' + name, '');
try {
  linkSync(folder + '/' + name, folder + '/' + name + '-link');
} catch (error) {
  while (Date.now() < Number(begin));
  const isTaken = await new LocalStore(folder + '/store').putIfAbsent(key, Buffer.from(name.repeat(1000)));
  console.log(error.code, isTaken);
}
`;

/** The Python that DVC is installed in takes hard links away from a process. */
describeWithDvc('a store on a file system without hard links', () => {
  let compiled: string;
  beforeAll(() => {
    compiled = compileRooms('storage', 'diagnostics');
    writeFileSync(join(compiled, 'script.js'), SCRIPT);
  });
  afterAll(() => rmSync(compiled, { recursive: true, force: true }));

  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'reprise-no-links-'));
    mkdirSync(join(made, 'store/turns'), { recursive: true });
    return made;
  };
  const put = async (at: string, name: string, begin = 0): Promise<string> => {
    const python = join(dirname(process.env.REPRISE_TEST_DVC ?? ''), 'python');
    const launcher = join(import.meta.dirname, 'without-links.py');
    const script = join(compiled, 'script.js');
    const args = [launcher, process.execPath, script, at, 'turns/1', name, String(begin)];
    const { stdout, stderr } = await run(python, args, compiled);
    return stdout.trim() || stderr;
  };

  it('lets one of several processes make an object, which is there whole or not at all', async () => {
    const at = folder();
    const object = join(at, 'store/turns/1');
    const sizes = new Set<number>();
    const reader = setInterval(() => {
      try {
        sizes.add(readFileSync(object).byteLength);
      } catch {
        // Not there yet.
      }
    }, 1);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const begin = Date.now() + 4_000;
    const said = await Promise.all(names.map((name) => put(at, name, begin)));
    clearInterval(reader);
    expect([...said].sort()).toEqual([...Array<string>(5).fill('EPERM false'), 'EPERM true']);
    const winner = names[said.indexOf('EPERM true')] ?? '';
    expect(readFileSync(object, 'utf8')).toBe(winner.repeat(1000));
    expect([...sizes]).toEqual([1000]);
    expect(readdirSync(dirname(object))).toEqual(['1']);
    expect(await put(at, 'late')).toBe('EPERM false');
  });

  it('goes on where a process died while it took a name', async () => {
    const at = folder();
    writeFileSync(join(at, 'store/turns/.1.taking.partial'), 'of a process that is dead');
    expect(await put(at, 'x')).toBe('EPERM true');
    expect(readdirSync(join(at, 'store/turns'))).toEqual(['1']);
  });
});
