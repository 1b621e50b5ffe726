import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { stageFileName } from '../stage-file-name.js';

/** So many runs keep their logs; older ones make room. */
const KEPT_RUNS = 100;

/** A run's id becomes the name of a folder, and it may come from anybody who can start a workflow. */
const RUN = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;

/**
 * Where what a stage's command prints is kept: `.reprise/logs/<run>/<stage>.log`.
 *
 * @throws DiagnosticError `bad-run-id`
 */
export function logFile(root: string, run: string, address: string): string {
  if (!RUN.test(run)) {
    throw new DiagnosticError('bad-run-id', {
      message: `${JSON.stringify(run.slice(0, 100))} is not the id of a run`,
      expected: 'letters, digits and hyphens',
      fix: 'take the id from `reprise runs list`',
    });
  }
  return join(logsFolder(root), run, `${stageFileName(address)}.log`);
}

/** Makes the folder of a run's logs, and drops those of runs long past. */
export function openLogs(root: string, run: string): void {
  const folder = logsFolder(root);
  if (mkdirSync(join(folder, run), { recursive: true }) === undefined) return;
  const runs = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== run)
    // Another worker may drop one in this moment.
    .map(({ name }) => ({ name, at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of runs.slice(KEPT_RUNS - 1)) {
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // A stage of that run writes to it: it goes another time.
    }
  }
}

function logsFolder(root: string): string {
  return join(root, '.reprise', 'logs');
}
