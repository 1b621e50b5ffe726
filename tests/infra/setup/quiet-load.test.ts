import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const addon = join(
  dirname(realpathSync(join(root, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node'))),
  'quiet_load.node',
);

/** Loads a library that does this while it is loaded. */
function load(statement: string): { signal: string | null; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'quiet-load-'));
  try {
    const [source, library] = [join(folder, 'greets.cc'), join(folder, 'greets.so')];
    writeFileSync(
      source,
      `#include <cstdio>\n#include <cstdlib>\nstruct Greets { Greets() { fputs("hello\\n", stderr); ${statement} } } greets;\n`,
    );
    const compiled = spawnSync(process.env['CXX'] ?? 'c++', ['-shared', '-fPIC', source, '-o', library], {
      encoding: 'utf8',
    });
    expect([compiled.status, compiled.stderr]).toEqual([0, '']);
    const script = `
      const { load } = require(${JSON.stringify(addon)});
      const answer = load(${JSON.stringify(library)});
      console.error('after');
      console.log(JSON.stringify([answer, load('/nowhere.so')]));`;
    return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('what a library says while it is loaded', () => {
  it('is given back, and stderr is itself again', () => {
    const { stdout, stderr } = load('');
    expect(stderr).toBe('after\n');
    expect(JSON.parse(stdout)).toEqual([
      { said: 'hello\n' },
      { said: '', error: expect.stringContaining('/nowhere.so') as string },
    ]);
  });

  it.each([
    ['abort();', 'SIGABRT'],
    ['*static_cast<volatile int*>(nullptr) = 1;', 'SIGSEGV'],
  ])('is said after all when %s ends the process', (statement, signal) => {
    expect(load(statement)).toMatchObject({ signal, stderr: 'hello\n' });
  });
});
