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

  it('does not change what the run does', async () => {
    const { codePath } = query;
    expect(await query.ask({ codePath })).toEqual({ answered: '', result: 'a,b,c' });
  }, 120_000);
});
