import { writeBeside, type Project } from '../../dvc/index.js';
import type { Candidate } from '../../workflows/index.js';
import { clearCandidate } from './candidate-alias.js';
import { insideProject } from './paths.js';
import type { Placement } from './place.js';
import {
  KEPT_EARLIER,
  productionFile,
  readProduction,
  referenceOf,
  type ProductionRecord,
} from './production.js';
import { placeVersion, type Registration } from './register.js';

export interface Promotion extends Omit<Registration, 'registered' | 'candidate'> {
  readonly candidate: Candidate;
  /** The version that the candidate was compared with; 0 for none. */
  readonly expected: number;
  readonly promoted: ProductionRecord['promoted'];
  /** For production.json: figures, verdict. */
  readonly judgement: object;
}

/**
 * Makes the candidate the model in production: registers it where it is not, and then, in one rename, points the alias at it.
 * Killed anywhere and made again, it ends in the same files, and says the same, also when another model has followed it meanwhile.
 *
 * @returns false when another model came into production since the candidate was judged
 * @throws DiagnosticError those of `placeVersion`
 */
export async function promote(
  project: Project,
  promotion: Promotion,
  placement: Placement,
): Promise<boolean> {
  const { final, version, expected, promoted } = promotion;
  const production = await readProduction(project.root, final);
  const done = production
    ? [{ version: production.version, run: production.promoted.run }, ...(production.earlier ?? [])]
    : [];
  // Also when another one has come into production since.
  if (done.some((one) => one.version === version && one.run === promoted.run)) return true;
  if ((production?.version ?? 0) !== expected) return false;
  const { model, predictions, source } = await placeVersion(
    project,
    { ...promotion, registered: promoted },
    placement,
  );
  const record: ProductionRecord = {
    version,
    model: referenceOf(model),
    predictions: referenceOf(predictions ?? promotion.candidate.predictions),
    source: referenceOf(source),
    promoted,
    ...(expected > 0 ? { previous: expected, earlier: done.slice(0, KEPT_EARLIER) } : {}),
    judgement: promotion.judgement,
  };
  await writeBeside(
    await insideProject(project.root, productionFile(final)),
    `${JSON.stringify(record, undefined, 2)}\n`,
  );
  await clearCandidate(project.root, final, version);
  return true;
}
