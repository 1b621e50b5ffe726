import type { ConnectionFlags } from '../../connection/index.js';
import { listRuns } from './list-runs.js';
import { printJson, runsTable } from './print.js';
import type { RunStatus } from './run-record.js';
import { withSession } from './runs-session.js';

export interface PrintRunsOptions extends ConnectionFlags {
  readonly status?: string;
  readonly project?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `reprise runs list` */
export async function printRuns(options: PrintRunsOptions): Promise<void> {
  const { status, project, limit } = options;
  const runs = await withSession(options, ({ client }) =>
    listRuns(client, {
      ...(status === undefined ? {} : { status: status as RunStatus }),
      ...(project === undefined ? {} : { project }),
      limit,
    }),
  );
  if (options.json) printJson('runs', { runs });
  else process.stdout.write(runs.length === 0 ? 'no runs\n' : `${runsTable(runs)}\n`);
}
