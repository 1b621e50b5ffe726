import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project, Remote } from '../../dvc/index.js';
import type { Candidate, Lineage } from '../../workflows/index.js';
import { modelCard } from '../card/model-card.js';
import { withCard } from '../card/model-content.js';
import { describeVersion } from '../card/version-card.js';
import { writeArtifact } from '../registry/artifact-entry.js';
import type { Registry } from '../registry/settings.js';
import { readCandidate, setCandidate } from './candidate-alias.js';
import { listVersions, type ModelVersion } from './list-versions.js';
import { insideProject } from './paths.js';
import { placeAt, type Placement } from './place.js';
import { readProduction, type ProductionRecord } from './production.js';
import { readVersion, writeVersion, type VersionRecord } from './version-record.js';

/** A model that is to be registered: with its answers on the test rows, where it has any. */
export type Registered = Pick<Candidate, 'model' | 'lineage'> & Partial<Pick<Candidate, 'predictions'>>;

export interface Registration {
  readonly final: string;
  readonly version: number;
  readonly candidate: Registered;
  readonly registered: ProductionRecord['promoted'];
  readonly registry: Registry;
  /** Where other hosts have the data from. */
  readonly remote?: Remote | undefined;
}

/**
 * The number that a model gets: above all that were ever given. One that was copied and never became an alias keeps its
 * number, so that a number means one content for good. A candidate that was registered, and is to be promoted as it is, has one.
 */
export async function nextVersion(project: Project, final: string, candidate?: Registered): Promise<number> {
  const folder = await insideProject(project.root, final);
  const waiting = candidate && (await readCandidate(project.root, final));
  if (candidate && waiting !== undefined) {
    const record = await readVersion(project.root, final, waiting);
    if (record && isSame(record, candidate)) return waiting;
  }
  const names = await readdir(folder).catch(() => [] as string[]);
  const given = names.map((name) => Number(/^(?:model|predictions)_v(\d+)(?:\.|$)/.exec(name)?.[1] ?? 0));
  const production = await readProduction(project.root, final);
  return Math.max(0, production?.version ?? 0, ...given) + 1;
}

/**
 * Makes a version: its record, then `model_vN` with its card in it, and the answers. Killed anywhere and made again, it ends in
 * the same files.
 *
 * @throws DiagnosticError `cache-missing`, `version-taken`, `disk-full`, `path-outside`, and those of the remote
 */
export async function placeVersion(
  project: Project,
  registration: Registration,
  placement: Placement,
): Promise<VersionRecord> {
  const { final, version, candidate, registry } = registration;
  const existing = await readVersion(project.root, final, version);
  const record =
    existing && isSame(existing, candidate) ? existing : await recordOf(project, registration, placement);
  await placeAt(project, record.model.path, record.model, placement);
  if (record.predictions) await placeAt(project, record.predictions.path, record.predictions, placement);
  await writeArtifact(project.root, final, registry, record);
  return record;
}

/**
 * Registers a model as the candidate: what `promote` makes the model in production. Nothing is judged.
 *
 * @throws DiagnosticError those of `placeVersion`
 */
export async function register(
  project: Project,
  registration: Registration,
  placement: Placement = 'copies',
): Promise<VersionRecord> {
  const record = await placeVersion(project, registration, placement);
  await setCandidate(project.root, registration.final, record.version);
  return record;
}

/** The newest version that is this model, with these answers and figures. */
export async function findVersion(
  { root }: Project,
  final: string,
  candidate: Registered,
): Promise<ModelVersion | undefined> {
  const versions = await listVersions(root, final);
  return versions.find(({ record }) => record && isSame(record, candidate));
}

async function recordOf(
  project: Project,
  { final, version, candidate, registered, registry, remote }: Registration,
  placement: Placement,
): Promise<VersionRecord> {
  const { model, predictions, lineage } = candidate;
  const path = join(final, `model_v${version}`);
  const tracked = existsSync(join(project.root, `${path}.dvc`));
  const place = { project, remote };
  const said = { version, source: model, registered, ...(lineage ? { lineage } : {}) };
  const content = await withCard(place, model, modelCard(await describeVersion(place, registry, said)));
  const record: VersionRecord = {
    version,
    model: { ...content, path },
    ...(predictions
      ? {
          predictions: {
            ...predictions,
            path: join(final, `predictions_v${version}${suffix(predictions.path)}`),
          },
        }
      : {}),
    source: model,
    registered,
    ...(lineage ? { lineage } : {}),
  };
  // What is there already belongs to whoever made it; that it has another content is said before its record is replaced.
  if (tracked) await placeAt(project, path, record.model, placement);
  await writeVersion(project.root, final, record);
  return record;
}

function isSame({ source, predictions, lineage }: VersionRecord, candidate: Registered): boolean {
  return (
    source.md5 === candidate.model.md5 &&
    predictions?.md5 === candidate.predictions?.md5 &&
    metricsOf(lineage) === metricsOf(candidate.lineage)
  );
}

const metricsOf = (lineage: Lineage | undefined): string =>
  JSON.stringify(Object.entries(lineage?.metrics ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));

/** `.jsonl`: the copy keeps it, for editors. */
function suffix(path: string): string {
  return /\.[A-Za-z0-9]+$/.exec(path)?.[0] ?? '';
}
