import { randomUUID } from 'node:crypto';
import { writeBeside, type Project } from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { ContentReference } from '../../workflows/index.js';
import { listVersions } from './list-versions.js';
import { insideProject } from './paths.js';
import { present } from './present.js';
import {
  KEPT_EARLIER,
  productionFile,
  readProduction,
  referenceOf,
  type ProductionRecord,
} from './production.js';

export interface Rollback {
  /** Absent: the version before the one in production. */
  readonly to?: number;
  readonly by: string;
  readonly reason: string;
}

/**
 * Makes a model that was promoted before the one in production again: its files are put there from the cache if they are
 * gone, then, in one rename, the alias points at it. It keeps its number.
 *
 * @param ensure sees to it that the content can be had; default: that its files are there
 *
 * @throws DiagnosticError `nothing-promoted`, `no-such-version`, `in-production`, `never-promoted`, `no-predictions`, `cache-missing`,
 *   `bad-production`, `bad-version`
 */
export async function rollBack(
  project: Project,
  final: string,
  options: Rollback,
  ensure: (content: ContentReference) => Promise<unknown> = (content) => present(project, content),
): Promise<ProductionRecord> {
  const production = await readProduction(project.root, final);
  if (!production)
    throw new DiagnosticError('nothing-promoted', {
      message: `no model was ever promoted: ${productionFile(final)} is not there`,
      fix: 'promote one first: `reprise retrain`',
    });
  const version = options.to ?? production.earlier?.[0]?.version;
  const versions = await listVersions(project.root, final);
  const found = versions.find((one) => one.version === version);
  const known = versions.map((one) => `v${one.version}`).join(', ') || 'none';
  if (!found)
    throw new DiagnosticError('no-such-version', {
      message:
        version === undefined ? 'no model was in production before this one' : `there is no v${version}`,
      expected: `one of: ${known}`,
      fix: 'name one that `reprise model list` shows: --to 1',
    });
  if (found.inProduction)
    throw new DiagnosticError('in-production', {
      message: `v${found.version} is in production already`,
      fix: 'name another that `reprise model list` shows: --to 1',
    });
  if (found.isCandidate)
    throw new DiagnosticError('never-promoted', {
      message: `v${found.version} was not in production before: it is the candidate`,
      fix: 'promote it: `reprise model promote`',
    });
  const { model, predictions } = found;
  if (!predictions)
    throw new DiagnosticError('no-predictions', {
      message: `the record of the answers of v${found.version} is gone, by which the next model is compared with it`,
      fix: `restore ${final}/predictions_v${found.version}.*.dvc from git`,
    });
  await ensure(model);
  await ensure(predictions);
  const before = { version: production.version, run: production.promoted.run };
  const record: ProductionRecord = {
    version: found.version,
    model: referenceOf(model),
    predictions: referenceOf(predictions),
    ...(found.record ? { source: referenceOf(found.record.source) } : {}),
    promoted: {
      at: new Date().toISOString(),
      by: options.by,
      reason: options.reason,
      run: `rollback-${randomUUID()}`,
    },
    previous: production.version,
    earlier: [before, ...(production.earlier ?? [])].slice(0, KEPT_EARLIER),
  };
  await writeBeside(
    await insideProject(project.root, productionFile(final)),
    `${JSON.stringify(record, undefined, 2)}\n`,
  );
  return record;
}
