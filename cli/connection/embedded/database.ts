import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerFiles } from './server-files.js';

/**
 * `temporal server start-dev` makes its tables when there is no file yet, in many transactions, and never looks whether they are
 * whole. One that was killed at it would leave a database that no later server starts on. So a new one is marked until a
 * server has served from it; what is marked still holds no run, and is made anew.
 *
 * Call it when no server has the database open.
 */
export function beginDatabase(files: ServerFiles): void {
  if (existsSync(files.unserved)) {
    for (const suffix of ['', '-journal', '-wal', '-shm'])
      rmSync(`${files.database}${suffix}`, { force: true });
  } else if (!existsSync(files.database)) writeFileSync(files.unserved, '');
}

/** A server has answered: from now on the database is kept. */
export function keepDatabase(files: ServerFiles): void {
  rmSync(files.unserved, { force: true });
}
