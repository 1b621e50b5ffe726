import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../infra/locate/index.js';
import { seconds } from '../rig/processes.js';

/**
 * The same stages by Metaflow, on this host, with its datastore in a folder of its own and as many tasks at once as it takes by
 * itself (16).
 *
 * @param python has Metaflow
 * @returns seconds, from the command to its end
 */
export async function runFlow(python: string, stages: number): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  try {
    const flow = join(packageRoot(), 'bench/stages/metaflow_flow.py');
    return await seconds(
      root,
      python,
      [flow, '--quiet', 'run', `--stages=${stages}`, `--max-num-splits=${stages}`],
      {
        // It keeps runs by user, and refuses root without a name.
        METAFLOW_USER: 'bench',
        METAFLOW_HOME: join(root, 'home'),
        METAFLOW_DATASTORE_SYSROOT_LOCAL: root,
      },
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
