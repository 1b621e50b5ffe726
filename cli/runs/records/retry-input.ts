import type { RunDetails } from './read-details.js';

const DONE: ReadonlySet<string> = new Set(['ran', 'restored', 'skipped']);

/**
 * What to ask for so that only what is missing of a run is made: the same again, since what is done stands in dvc.lock. Only
 * `force` would make that again, too: then it is asked for by name.
 */
export function retryInput(
  input: Readonly<Record<string, unknown>>,
  { stages }: Pick<RunDetails, 'stages'>,
): Readonly<Record<string, unknown>> {
  const { carried: _, continued: _c, ...same } = input;
  const left = stages.filter(({ status }) => !DONE.has(status)).map(({ address }) => address);
  if (same['force'] !== true || left.length === 0) return same;
  const { glob: _g, recursive: _r, pipeline: _p, allPipelines: _a, downstream: _d, ...kept } = same;
  return { ...kept, targets: left, singleItem: true };
}
