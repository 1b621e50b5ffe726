import { randomUUID } from 'node:crypto';
import { DiagnosticError } from '../../diagnostics/index.js';
import {
  ALIASES,
  compareFiles,
  judgeFirst,
  judgeIncomparable,
  present,
  promote,
  readCandidate,
  readProduction,
  type ProductionRecord,
} from '../../promotion/index.js';
import { describe, type ContentReference, type Judgement } from '../../workflows/index.js';
import { say } from '../retrain/say.js';
import { openRegistry, recordOf, tellMlflow, versionOf, type OpenRegistry } from './open-registry.js';

export interface PromoteOptions {
  /** Absent: the candidate. */
  readonly version?: number;
  readonly by: string;
  readonly reason: string;
}

/**
 * `reprise model promote`: a registered version comes into production, by the same step as the workflow's. Whoever runs it
 * decides; how it compares with the one before is told, and kept.
 *
 * @throws DiagnosticError `no-such-version`, `in-production`, `no-predictions`, `production-changed`, those of `promote`
 */
export async function promoteVersion(cwd: string, options: PromoteOptions, json: boolean): Promise<void> {
  const open = await openRegistry(cwd);
  const { project, settings, registry } = open;
  const { root } = project;
  const { final } = settings;
  const production = await readProduction(root, final);
  const wanted = options.version ?? (await readCandidate(root, final));
  const found = await versionOf(open, wanted, 'no version is the candidate');
  const { version } = found;
  if (found.inProduction)
    throw new DiagnosticError('in-production', {
      message: `v${version} is in production already`,
      fix: 'register another model, or name another version',
    });
  const { source, predictions, lineage } = recordOf(found);
  if (!predictions)
    throw new DiagnosticError('no-predictions', {
      message: `v${version} has no answers on the test rows, by which the next model would be compared with it`,
      fix: 'let the project evaluate the model (`reprise repro`), then `reprise model register` again',
    });
  const judgement = await judged(open, production, predictions);
  const { by, reason } = options;
  const done = await promote(
    project,
    {
      ...{ final, version, registry, judgement, expected: production?.version ?? 0 },
      candidate: { model: source, predictions, ...(lineage ? { lineage } : {}) },
      promoted: { at: new Date().toISOString(), by, reason, run: `promote-${randomUUID()}` },
    },
    'copies',
  );
  if (!done)
    throw new DiagnosticError('production-changed', {
      message: `another model came into production meanwhile`,
      fix: 'look at `reprise model list`, and run it again',
    });
  await tellMlflow(open, recordOf(found), { set: [ALIASES.production], unset: [ALIASES.candidate] });
  const previous = production?.version;
  say(json, { event: 'promoted', version, ...(previous === undefined ? {} : { previous }), judgement }, [
    ...describe(judgement),
    `v${version} is in production${previous === undefined ? '' : ` (before: v${previous})`}; commit what is new in ${final}`,
  ]);
}

async function judged(
  { project, settings }: OpenRegistry,
  production: ProductionRecord | undefined,
  predictions: ContentReference,
): Promise<Judgement> {
  if (!production) return judgeFirst(settings);
  try {
    return await compareFiles(
      { path: await present(project, production.predictions), shown: production.predictions.path },
      { path: await present(project, predictions), shown: predictions.path },
      settings,
      production.version,
    );
  } catch (error) {
    // Other rows, or answers that are no longer to be had: a person has decided without them.
    if (!(error instanceof DiagnosticError)) throw error;
    return judgeIncomparable(error.message, settings);
  }
}
