import { DiagnosticError } from '../diagnostics/index.js';
import { stageQueue } from '../workflows/index.js';

/** 31 queues; each label more doubles them. */
const MOST_LABELS = 5;

/** Stages on a queue of this label are given GPUs. */
export const GPU_LABEL = 'gpu';

export interface StageQueue {
  readonly name: string;
  /** Whether its stages take GPU slots. */
  readonly gpu: boolean;
}

/**
 * The queues of every set of labels that a host can serve, from none on: `a, b` serves stages that ask for nothing, for a, for
 * b, or for both.
 *
 * @throws DiagnosticError `too-many-labels`
 */
export function stageQueues(labels: readonly string[]): readonly StageQueue[] {
  const distinct = [...new Set(labels)].sort();
  if (distinct.length > MOST_LABELS) {
    throw new DiagnosticError('too-many-labels', {
      message: `a worker serves every set of its labels, and ${distinct.length} labels have too many`,
      expected: `at most ${MOST_LABELS} labels, with \`${GPU_LABEL}\` where GPUs were found`,
      found: distinct.join(', '),
      fix: 'name fewer --labels, or start two workers with some of them each',
    });
  }
  const sets = distinct.reduce<string[][]>(
    (all, label) => [...all, ...all.map((set) => [...set, label])],
    [[]],
  );
  return sets.map((set) => ({ name: stageQueue(set), gpu: set.includes(GPU_LABEL) }));
}
