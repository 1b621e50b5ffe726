import { openProject } from '../../dvc/index.js';
import {
  SWEEP_ID,
  listRecords,
  newestFirst,
  parseRecord,
  readRecord,
  type SweepRecord,
} from '../../runner/index.js';
import { SWEEP_RECORDS, checkRepository, readRecords } from '../../workspaces/index.js';

/** Whose sweeps are looked at: those of the project around a folder, or of a repository, of which nothing need be here. */
export type SweepPlace = { readonly cwd: string } | { readonly git: string };

/**
 * The newest first.
 *
 * @throws DiagnosticError `git-failed`, `bad-repository`, `secret-in-url`, `bad-sweep-record`
 */
export async function recordsIn(place: SweepPlace): Promise<readonly SweepRecord[]> {
  if ('cwd' in place) return await listRecords((await openProject(place.cwd)).root);
  checkRepository(place.git, ['*']);
  const records = await readRecords(place.git, SWEEP_RECORDS);
  return newestFirst([...records].map(([ref, text]) => parseRecord(text, `${place.git} ${ref}`)));
}

/** The newest of that name: a repository may have one for each commit. */
export async function recordIn(place: SweepPlace, id: string): Promise<SweepRecord | undefined> {
  if (!SWEEP_ID.test(id)) return undefined;
  if ('cwd' in place) return await readRecord((await openProject(place.cwd)).root, id);
  return (await recordsIn(place)).find((record) => record.id === id);
}
