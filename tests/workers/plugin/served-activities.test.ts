import { createShortActivities, createStageActivities } from '../../../activities/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import {
  SERVED_WORKFLOWS,
  servedActivities,
  type ServedActivities,
} from '../../../workers/plugin/served-activities.js';

const never = (): Promise<ServedActivities> => Promise.reject(new Error('nobody may call it yet'));
const namesOf = (...workflows: (typeof SERVED_WORKFLOWS)[number][]) =>
  Object.keys(servedActivities(workflows, never));

function refusalOf(own: object): DiagnosticError {
  try {
    servedActivities(SERVED_WORKFLOWS, never, own);
  } catch (error) {
    if (error instanceof DiagnosticError) return error;
  }
  throw new Error('it was not refused');
}

it('are all that there are', () => {
  const all = { ...createShortActivities({} as never), ...createStageActivities({} as never) };
  expect(namesOf(...SERVED_WORKFLOWS).sort()).toEqual(Object.keys(all).sort());
});

it('of some workflows are those of stages and their own', () => {
  expect(namesOf()).toEqual(['plan', 'runStage', 'commitLock', 'publish', 'servedQueues']);
  expect(namesOf('sweep')).toEqual([...namesOf(), ...namesOf('reproduce', 'sweep').slice(5)]);
  expect(namesOf('sweep')).toContain('beginSweep');
  expect(namesOf('promote')).toEqual(namesOf('retrain'));
});

it('are refused where the application has one of that name, with what can be left out', () => {
  const notify = refusalOf({ notify: () => undefined });
  expect([notify.code, notify.message]).toEqual([
    'activity-name-taken',
    'the worker has an activity notify of its own, and ReprisePlugin brings one of that name',
  ]);
  expect(notify.fix).toBe(
    "rename it, or leave these out: new ReprisePlugin({ workflows: ['reproduce', 'sweep'] })",
  );
  expect(refusalOf({ plan: () => undefined }).fix).toMatch(
    /^rename it, or give the plugin to another worker/,
  );
  const kept = servedActivities(['reproduce', 'sweep'], never, { notify: () => undefined });
  expect(Object.keys(kept)).not.toContain('notify');
});

it('wait until they are ready, each time that they are called', async () => {
  const { plan } = servedActivities([], () => Promise.resolve({ plan: (input: unknown) => input } as never));
  expect(await (plan as (input: unknown) => Promise<unknown>)({ targets: [] })).toEqual({ targets: [] });
});
