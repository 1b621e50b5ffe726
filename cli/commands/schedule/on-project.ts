import type { ScheduleClient } from '@temporalio/client';
import type { ServedSession, ServedSessionOptions } from '../../retrain/served-session.js';
import type { ConnectionOptions } from '../connection-options.js';

export interface CommonOptions extends ConnectionOptions {
  json?: true;
}

/** Runs `act` on the project's server. Schedules are the server's: no worker is needed to look after them. */
export async function onProject(
  options: CommonOptions,
  act: (schedules: ScheduleClient, served: ServedSession) => Promise<void>,
  where: Pick<ServedSessionOptions, 'workspace' | 'place' | 'anywhere'> = {},
): Promise<void> {
  const { withServedSession } = await import('../../retrain/served-session.js');
  await withServedSession({ cwd: process.cwd(), connection: options, serve: false, ...where }, (served) =>
    act(served.session.client.schedule, served),
  );
}

/** A project's schedule, when it is not named. */
export function scheduleIdOf({ runId }: ServedSession, id: string | undefined): string {
  return id ?? `${runId}-retrain`;
}
