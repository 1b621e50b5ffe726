import { readFileSync } from 'node:fs';
import { compileProgram, tf } from '../../../compute/index.js';
import { giveBackMemory } from '../../../compute/native/give-back.js';

const MiB = 2 ** 20;

/** What of the library's file is in memory, in bytes. */
function ofLibrary(): number {
  let [isOf, sum] = [false, 0];
  for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
    if (/^[0-9a-f]+-/.test(line)) isOf = line.includes('libtensorflow');
    else if (isOf) sum += 1024 * Number(/^Rss: *(\d+)/.exec(line)?.[1] ?? 0);
  }
  return sum;
}

/** e^x, by a function that is compiled for it. */
function powers(values: Float32Array): number[] {
  const x = { shape: [values.length], dtype: 'float32' } as const;
  const build = ({ feeds }: { readonly feeds: Readonly<Record<string, tf.Tensor>> }) => ({
    outputs: { y: tf.exp(feeds.x as tf.Tensor) },
  });
  const program = compileProgram({ variables: {}, signatures: { powers: { feeds: { x }, build } } });
  const given = program.run('powers', { x: values }).y as Float32Array;
  const again = program.run('powers', { x: values }).y as Float32Array;
  program.dispose();
  expect(again).toEqual(given);
  return [...given];
}

(process.platform === 'linux' ? describe : describe.skip)('memory that is held in case', () => {
  it('is given back once a signature is compiled, and what is needed of it comes again', () => {
    const found = powers(Float32Array.of(0, 1, 2));
    // Loading alone takes 290 MiB.
    expect(ofLibrary()).toBeLessThan(64 * MiB);
    giveBackMemory();
    const least = ofLibrary();
    expect(powers(Float32Array.of(0, 1, 2))).toEqual(found);
    expect(found.map((value) => value.toFixed(4))).toEqual(['1.0000', '2.7183', '7.3891']);
    expect(ofLibrary()).toBeGreaterThan(least);
  });
});
