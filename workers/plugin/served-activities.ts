import type { ActivityFunction } from '@temporalio/common';
import type { ShortActivities, StageActivities } from '../../activities/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';

export type ServedActivities = ShortActivities & StageActivities;

/** Those of `reprise/workflows` that a worker may serve. The others are children of these. */
export type ServedWorkflow = 'reproduce' | 'retrain' | 'promote' | 'sweep';

const RETRAINING = [
  'planRetrain',
  'judgeCandidate',
  'recordJudged',
  'reserveVersion',
  'promoteModel',
  'notify',
  'predict',
] as const;

/** What each asks its own queue for. */
const ASKED = {
  reproduce: ['plan', 'runStage', 'commitLock', 'publish', 'servedQueues'],
  retrain: RETRAINING,
  promote: RETRAINING,
  sweep: ['beginSweep', 'prepareTrial', 'collectTrial', 'removeTrial', 'recordSweep', 'applyTrial'],
} as const satisfies Record<ServedWorkflow, readonly (keyof ServedActivities)[]>;

export const SERVED_WORKFLOWS = Object.keys(ASKED) as readonly ServedWorkflow[];

/**
 * The activities of some workflows, each of which waits for `ready` when it is called: a worker is configured before it may wait
 * for anything.
 *
 * @throws DiagnosticError `activity-name-taken`
 */
export function servedActivities(
  workflows: readonly ServedWorkflow[],
  ready: () => Promise<ServedActivities>,
  own: object = {},
): Readonly<Record<string, ActivityFunction<never[]>>> {
  // Stages are what the others are about.
  const names = new Set(['reproduce' as const, ...workflows].flatMap((workflow) => [...ASKED[workflow]]));
  const taken = [...names].find((name) => name in own);
  if (taken !== undefined) {
    const askers = SERVED_WORKFLOWS.filter((workflow) =>
      (ASKED[workflow] as readonly string[]).includes(taken),
    );
    const others = SERVED_WORKFLOWS.filter((workflow) => !askers.includes(workflow));
    throw new DiagnosticError('activity-name-taken', {
      message: `the worker has an activity ${taken} of its own, and ReprisePlugin brings one of that name`,
      found: `${taken}, which ${askers.join(' and ')} ask${askers.length === 1 ? 's' : ''} for`,
      fix: askers.includes('reproduce')
        ? 'rename it, or give the plugin to another worker with a task queue of its own'
        : `rename it, or leave these out: new ReprisePlugin({ workflows: [${others.map((name) => `'${name}'`).join(', ')}] })`,
    });
  }
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      async (...input: never[]) => await ((await ready())[name] as ActivityFunction<never[]>)(...input),
    ]),
  );
}
