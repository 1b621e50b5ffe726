import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { transformFileSync } from '@swc/core';

jest.setTimeout(300_000);

const SCRIPT = 'tests/finetuning/methods/nf4/many-layers';

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
(process.platform === 'linux' ? describe : describe.skip)('a base in NF4', () => {
  it('is never there as a whole in float32, neither while it is loaded nor in a training step', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-nf4-memory-'));
    const { stdout, stderr } = spawnSync(process.execPath, [translated(folder)], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const last = stdout.trim().split('\n').at(-1) as string;
    if (!last.startsWith('{')) throw new Error(stderr);
    const measured = JSON.parse(last) as Measured;
    const { float, layer, losses } = measured;
    expect(float).toBe(384);
    expect(new Set(losses).size).toBe(4);
    // 4.13 bits of 32, and what the quantizer has left behind; then one weight at a time, or two, and what the
    // allocator keeps for the next. Where dequantizations
    // depend on variables alone, all are made as a step begins and kept: 420 MiB.
    expect(measured.held).toBeLessThan(float / 8 + 4 * layer);
    expect(measured.stepping).toBeLessThan(6 * layer);
  });
});
