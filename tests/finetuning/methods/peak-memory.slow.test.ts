import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { translated } from '../../rig/translated.js';

jest.setTimeout(300_000);

const SCRIPT = 'tests/finetuning/methods/many-layers';

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
  ])(
    'in %s is never there as a whole in float32, neither while it is loaded nor in a step',
    (kind, share) => {
      const folder = mkdtempSync(join(tmpdir(), 'reprise-kept-memory-'));
      const script = translated(SCRIPT, folder);
      const { stdout, stderr } = spawnSync(process.execPath, [script, kind], { encoding: 'utf8' });
      rmSync(folder, { recursive: true });
      const last = stdout.trim().split('\n').at(-1) as string;
      if (!last.startsWith('{')) throw new Error(stderr);
      const measured = JSON.parse(last) as Measured;
      console.log(kind, measured);
      const { float, layer, losses } = measured;
      expect(float).toBe(384);
      expect(new Set(losses).size).toBe(4);
      expect(measured.held).toBeLessThan(float * share + 10 * layer);
      expect(measured.stepping).toBeLessThan(6 * layer);
    },
  );
});
