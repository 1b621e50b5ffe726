import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startEarlyQuery, type EarlyQuery } from '../rig/early-query.js';
import { startTemporal } from '../rig/temporal.js';

describe('a query that comes to a worker between what happened and the task that tells of it', () => {
  let env: TestWorkflowEnvironment;
  let query: EarlyQuery;
  beforeAll(async () => {
    env = await startTemporal();
    query = await startEarlyQuery(env);
  });
  afterAll(async () => {
    await query?.stop();
    await env?.teardown();
  });

  it.each([
    { early: ['a', 'b'], late: ['c'], said: 'more happens until the task' },
    { early: ['a', 'b'], late: [], said: 'nothing more happens until the task' },
  ])('does not change what the run does, where $said', async ({ early, late }) => {
    const { answered, result } = await query.ask(undefined, early, late);
    expect(answered).toMatch(/ask again/);
    expect(result).toBe([...early, ...late].join());
  });
});
