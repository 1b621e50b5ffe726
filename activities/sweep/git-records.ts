/** Records of sweeps over a repository are in it, where everybody finds them who finds their experiments. */
import { Context } from '@temporalio/activity';
import { parseRecord, type SweepRecord } from '../../runner/index.js';
import {
  SWEEP_RECORDS,
  checkRepository,
  editRecord,
  readRecords,
  sweepRecordRef,
} from '../../workspaces/index.js';
import type { SweepRepository, SweepState } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';

/** What the sweep of a record is of. */
export function repositoryOf(record: SweepRecord): SweepRepository | undefined {
  return (record.state as SweepState | undefined)?.git;
}

export async function readGitRecords(url: string, signal: AbortSignal): Promise<SweepRecord[]> {
  const records = await readRecords(url, SWEEP_RECORDS, signal);
  return [...records].map(([ref, text]) => parseRecord(text, `${url} ${ref}`));
}

export async function editGitRecord(
  deps: ActivityDependencies,
  { url, commit }: SweepRepository,
  id: string,
  edit: (before: string | undefined) => string,
): Promise<void> {
  checkRepository(url, deps.repositories);
  const signal = Context.current().cancellationSignal;
  await editRecord({ url, ref: sweepRecordRef(commit, id), edit, signal });
}
