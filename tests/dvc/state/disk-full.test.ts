import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileRooms } from './compiled.js';

/** Runs in a file system of 256 KiB, of which the cache and the project have all. */
const SCRIPT = `
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { addToCache, commitLock, hashPath, hasObject, objectPath } from './dvc/state/index.js';
import { linkObject } from './dvc/state/cache/link.js';
const [small] = process.argv.slice(2);
const root = small + '/project';
mkdirSync(root + '/.dvc', { recursive: true });
const config = { cacheDir: root + '/.dvc/cache', cacheTypes: ['copy'], sharedGroup: false };
const project = { root, config };
const files = (at) => readdirSync(at, { recursive: true }).filter((name) => statSync(at + '/' + name).isFile()).sort();
const tried = async (act) => { try { await act(); return null; } catch (e) { return { code: e.code, message: e.message, fix: e.fix }; } };

writeFileSync(root + '/kept', 'k'.repeat(1000));
const kept = await hashPath(project, root + '/kept');
await addToCache(config, kept);
writeFileSync(root + '/dvc.lock', "schema: '2.0'\\nstages:\\n  a:\\n    cmd: x\\n");

writeFileSync(process.argv[3], 'b'.repeat(400000));
const big = await hashPath(project, process.argv[3]);
const adding = await tried(() => addToCache(config, big));
const cacheAfter = files(config.cacheDir);

// Leave a few bytes only.
let free = 0;
for (const size of [65536, 4096, 1]) {
  for (;;) {
    try { writeFileSync(root + '/fill' + free, 'x'.repeat(size)); free += 1; } catch { break; }
  }
}
const before = files(root).filter((name) => !name.includes('fill'));
const entry = { cmd: 'y'.repeat(20000) };
const locking = await tried(() => commitLock(project, root + '/dvc.yaml', new Map([['b', entry]]), { plannedOrder: ['b'], namesBefore: ['a'] }));
const linking = await tried(() => linkObject(config, objectPath(config, kept.md5), root + '/copy'));
const after = files(root).filter((name) => !name.includes('fill'));
console.log(JSON.stringify({
  adding, cacheAfter, locking, linking, unchanged: JSON.stringify(before) === JSON.stringify(after),
  lock: readFileSync(root + '/dvc.lock', 'utf8'), whole: await hasObject(config, kept.md5), path: objectPath(config, big.md5),
}));
`;

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const suite = canMount() ? describe : describe.skip;

suite('a disk that is full (skipped where a small file system cannot be mounted)', () => {
  it('is named with what was to be written, and nothing is lost or left half-written', () => {
    const compiled = compileRooms('diagnostics', 'dvc');
    const small = join(compiled, 'small');
    mkdirSync(small);
    writeFileSync(join(compiled, 'script.js'), SCRIPT);
    const mount = `mount -t tmpfs -o size=256k tmpfs "${small}" && exec "${process.execPath}" script.js "${small}" "${compiled}/big"`;
    const said = execFileSync('unshare', ['-rm', 'sh', '-c', mount], {
      cwd: compiled,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    const result = JSON.parse(said) as {
      adding: { code: string; message: string; fix: string };
      locking: { code: string; message: string };
      linking: { code: string };
      cacheAfter: string[];
      unchanged: boolean;
      whole: boolean;
      lock: string;
      path: string;
    };
    expect(result.adding.code).toBe('disk-full');
    expect(result.adding.message).toContain(result.path);
    expect(result.adding.message).toContain('400000 bytes');
    expect(result.adding.fix).toContain('400000 bytes');
    expect(result.cacheAfter).toHaveLength(1);
    expect(result.locking.code).toBe('disk-full');
    expect(result.locking.message).toContain('dvc.lock');
    expect(result.linking.code).toBe('disk-full');
    expect(result).toMatchObject({
      unchanged: true,
      whole: true,
      lock: "schema: '2.0'\nstages:\n  a:\n    cmd: x\n",
    });
  });
});
