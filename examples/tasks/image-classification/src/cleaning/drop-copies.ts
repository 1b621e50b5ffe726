import type { CleaningStep } from 'reprise/finetuning';

/** `cat (2).png`, `cat copy.png`: what file managers call copies, which may have been edited since. */
const COPY = /(?: \(\d+\)| copy(?: \d+)?)\.\w+$/;

/** Drops pictures that their names say are copies. Those that are the same byte by byte are dropped in any case. */
export function createStep(): CleaningStep {
  return { keep: ({ file }) => !COPY.test(file) };
}
