import type { RunEvent } from '../display/index.js';
import type { LocalProject } from './local-project.js';
import { readMetrics } from './metrics.js';
import type { Outcome } from './outcome.js';
import { findReports } from './reports.js';

/** The last words on a run: its figures, its reports, its end. */
export async function tellEnd(
  local: LocalProject,
  outcome: Outcome,
  emit: (event: RunEvent) => void,
): Promise<void> {
  if (outcome.status === 'succeeded' || outcome.status === 'up-to-date') {
    for (const event of await readMetrics(local)) emit(event);
    for (const event of await findReports(local)) emit(event);
  }
  emit({ event: 'end', ...outcome });
}
