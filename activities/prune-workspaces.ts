import type { Client } from '@temporalio/client';
import { pruneCheckouts } from '../workspaces/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** Removes checkouts of runs that ended long ago, when a new run begins on this host. */
export async function pruneWorkspaces({ root, client }: ActivityDependencies): Promise<void> {
  await pruneCheckouts(root, (run) => isOpen(client, run));
}

async function isOpen(client: Client, run: string): Promise<boolean> {
  try {
    const query = `RunId = '${run.replace(/[^0-9a-f-]/g, '')}' AND ExecutionStatus = 'Running'`;
    return (await client.workflow.count(query)).count > 0;
  } catch {
    // A server that cannot say so now may say so to the next run.
    return true;
  }
}
