import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { identify, signalProcess } from '../../../runner/project.js';
import { waitForEnd } from './wait-for-end.js';

/**
 * Ends servers on this database that nobody has a record of: whoever started one was killed before it could write it. Two servers
 * on one database would ruin it.
 */
export async function endStrays(database: string): Promise<void> {
  for (const pid of serversOf(database)) {
    const server = identify(pid);
    if (!server) continue;
    signalProcess(server, 'SIGTERM');
    await waitForEnd(server);
  }
}

/** The processes that serve from this database, by what the system says of their arguments. */
export function serversOf(database: string): number[] {
  const isOurs = (args: readonly string[]): boolean =>
    args.includes('start-dev') && args[args.indexOf('--db-filename') + 1] === database;
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => isOurs(argumentsOf(name)))
      .map(Number);
  }
  const listed = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return listed
    .split('\n')
    .filter((line) => line.includes('start-dev') && line.includes(`--db-filename ${database} `))
    .map((line) => Number.parseInt(line, 10));
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
