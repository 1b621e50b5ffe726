import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { DiagnosticError } from '../../diagnostics/index.js';

/**
 * How many threads TensorFlow works with: REPRISE_THREADS, or else one per physical core that this process may use.
 * The number is part of a run's result: sums are split by thread, so another count may change the last bits.
 *
 * @throws DiagnosticError `bad-threads`
 */
export function threadCount(env: NodeJS.ProcessEnv = process.env): number {
  const wanted = env.REPRISE_THREADS;
  if (wanted === undefined || wanted === '') return Math.min(physicalCores(), availableParallelism());
  if (/^[1-9]\d{0,3}$/.test(wanted)) return Number(wanted);
  throw new DiagnosticError('bad-threads', {
    message: 'REPRISE_THREADS is not a number of threads',
    found: wanted,
    expected: 'a whole number of at least 1',
    fix: 'correct or unset REPRISE_THREADS',
  });
}

/** Two hyperthreads of one core share its multipliers, so that the second makes products no faster. */
function physicalCores(): number {
  let text: string;
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return availableParallelism();
  }
  const cores = new Set<string>();
  for (const block of text.split('\n\n')) {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}\\s*: *(.*)$`, 'm').exec(block)?.[1];
    const core = field('core id');
    if (core !== undefined) cores.add(`${field('physical id') ?? 0}/${core}`);
  }
  return cores.size || availableParallelism();
}
