import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { transformFileSync } from '@swc/core';

jest.setTimeout(300_000);

const SCRIPT = 'tests/finetuning/methods/many-layers';

/** The script and the rooms it draws on, as JavaScript. */
function translated(folder: string): string {
  const rooms = ['compute', 'diagnostics', 'finetuning', 'configs'].flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
  );
  for (const file of [...rooms, `${SCRIPT}.ts`].filter((name) => name.endsWith('.ts'))) {
    const { code } = transformFileSync(file, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  return join(folder, `${SCRIPT}.js`);
}

/** MiB: of all layers in float32, and of one; what loading has added, and the highest point of a step above that. */
interface Measured {
  readonly float: number;
  readonly layer: number;
  readonly held: number;
  readonly stepping: number;
  readonly losses: readonly number[];
}

/** Linux alone says what a process has taken at most. */
(process.platform === 'linux' ? describe : describe.skip)('a base', () => {
  // 4.13 bits of 32, or 16, and what was left behind while they were made; then one weight at a time, or two, and what the
  // allocator keeps for the next. Where what is made of the kept form depends on variables alone, all of it is made as a step
  // begins and kept: 420 MiB.
  it.each([
    ['nf4', 1 / 8],
    ['bfloat16', 1 / 2],
  ])('in %s is never there as a whole in float32, neither while it is loaded nor in a step', (kind, share) => {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-kept-memory-'));
    const script = translated(folder);
    const { stdout, stderr } = spawnSync(process.execPath, [script, kind], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const last = stdout.trim().split('\n').at(-1) as string;
    if (!last.startsWith('{')) throw new Error(stderr);
    const measured = JSON.parse(last) as Measured;
    console.log(kind, measured);
    const { float, layer, losses } = measured;
    expect(float).toBe(384);
    expect(new Set(losses).size).toBe(4);
    expect(measured.held).toBeLessThan(float * share + 4 * layer);
    expect(measured.stepping).toBeLessThan(6 * layer);
  });
});
