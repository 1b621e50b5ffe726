import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { TOGETHER, startEarlyQuery, type EarlyQuery } from '../../rig/early-query.js';
import { startTemporal } from '../../rig/temporal.js';

describe('a query that comes early to a worker of an application with the plugin', () => {
  let env: TestWorkflowEnvironment;
  let query: EarlyQuery;
  const root = mkdtempSync(join(tmpdir(), 'reprise-application-'));
  beforeAll(async () => {
    env = await startTemporal();
    query = await startEarlyQuery(env);
  });
  afterAll(async () => {
    await query?.stop();
    await env?.teardown();
  });

  it.each([
    ['has its worker bundle them', {}],
    ['has bundled them with the plugin before', { bundle: true as const }],
  ])('does not change what its workflows do, when it %s', async (_, how) => {
    const worker = { workflowsPath: TOGETHER, root, ...how };
    const seen = await query.ask(worker, ['a', 'b'], ['c']);
    expect(seen).toEqual({ answered: expect.stringContaining('ask again') as string, result: 'a,b,c' });
  });
});
