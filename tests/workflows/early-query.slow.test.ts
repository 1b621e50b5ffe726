import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startEarlyQuery, type EarlyQuery } from '../rig/early-query.js';
import { startTemporal } from '../rig/temporal.js';

describe('a query that comes to a worker between what happened and the task that tells of it', () => {
  let env: TestWorkflowEnvironment;
  let query: EarlyQuery;
  beforeAll(async () => {
    env = await startTemporal();
    query = await startEarlyQuery(env);
  }, 60_000);
  afterAll(async () => {
    await query?.stop();
    await env?.teardown();
  });

  it.each([
    // Its task then brings the rest, or nothing more.
    ['a part of', ['a', 'b']],
    ['all', ['a', 'b', 'c']],
  ])(
    'does not change what the run does, when %s it has happened',
    async (_, early) => {
      const { codePath } = query;
      const seen = await query.ask({ codePath }, early);
      expect(seen).toEqual({ refused: expect.stringContaining('ask again') as string, result: 'a,b,c' });
    },
    180_000,
  );
});
