import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, signalProcess } from '../../../runner/project.js';
import { withLock } from './lock-file.js';
import { ServerFiles } from './server-files.js';
import { Users } from './users.js';

/**
 * Stops the project's server when those who needed it were killed: for a command that needs none itself, and so would leave it there.
 *
 * @param state the project's `.reprise` folder
 */
export async function endAbandoned(state: string): Promise<void> {
  if (!existsSync(join(state, 'temporal'))) return;
  const files = new ServerFiles(state);
  const isAbandoned = (): boolean => {
    const record = files.read();
    return record !== undefined && isAlive(record) && new Users(files.users).others().length === 0;
  };
  if (!isAbandoned()) return;
  await withLock(files.lock, async () => {
    const record = files.read();
    if (!record || record.stopping || !isAbandoned()) return;
    files.write({ ...record, stopping: true });
    signalProcess(record, 'SIGTERM');
  });
}
