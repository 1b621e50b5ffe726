import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Md5 } from '../../dvc/index.js';
import {
  ALIASES,
  candidateFile,
  compareFiles,
  judgeFirst,
  judgeIncomparable,
  present,
  promote,
  readCandidate,
  readProduction,
  recordFiles,
  type Placement,
  type ProductionRecord,
  type VersionRecord,
} from '../../promotion/index.js';
import { bringObjects } from '../../workspaces/index.js';
import { describe, type ContentReference, type Judgement } from '../../workflows/index.js';
import { say } from '../retrain/say.js';
import type { ModelBranch } from './branch-registry.js';
import { openRegistry, prepareToTell, recordOf, versionOf, type OpenRegistry } from './open-registry.js';

export interface PromoteOptions {
  /** Absent: the candidate. */
  readonly version?: number;
  readonly by: string;
  readonly reason: string;
}

/** What a promotion came to. */
interface Promoted {
  readonly record: VersionRecord;
  /** The version before it. */
  readonly previous?: number;
  readonly judgement: Judgement;
}

/**
 * `reprise model promote`: a registered version comes into production, by the same step as the workflow's. Whoever runs it
 * decides; how it compares with the one before is told, and kept.
 *
 * @throws DiagnosticError `no-such-version`, `in-production`, `no-predictions`, `production-changed`, those of `promote`, and of
 *   `editRegistry`
 */
export async function promoteVersion(
  cwd: string,
  options: PromoteOptions,
  json: boolean,
  branch?: ModelBranch,
): Promise<void> {
  const [{ record, previous, judgement }, tell, place] = branch
    ? [...(await promoteOnBranch(cwd, options, branch)), `pushed to ${branch.branch}`]
    : await promoteHere(cwd, options);
  await tell();
  const { version } = record;
  const before = previous === undefined ? {} : { previous };
  say(json, { event: 'promoted', version, ...before, judgement }, [
    ...describe(judgement),
    `v${version} is in production${previous === undefined ? '' : ` (before: v${previous})`}; ${place}`,
  ]);
}

type Done = readonly [made: Promoted, tell: () => Promise<void>];

async function promoteHere(cwd: string, options: PromoteOptions): Promise<readonly [...Done, string]> {
  const open = await openRegistry(cwd);
  const made = await promoteIn(open, options, 'copies');
  return [made, await tellOf(open, made), `commit what is new in ${open.settings.final}`];
}

async function promoteOnBranch(cwd: string, options: PromoteOptions, branch: ModelBranch): Promise<Done> {
  const { editRegistry } = await import('./branch-registry.js');
  return await editRegistry<Done>(cwd, branch, async (open) => {
    const { root } = open.project;
    const { final } = open.settings;
    const candidate = join(root, candidateFile(final));
    const hadCandidate = existsSync(candidate);
    const made = await promoteIn(open, options, 'records');
    const { version } = made.record;
    const files = new Set(await recordFiles(root, final, version));
    if (hadCandidate) files.add(candidate);
    return {
      result: [made, await tellOf(open, made)],
      files: [...files],
      message: `Promote version ${version}\n\n${options.reason}\n\nBy: ${options.by}\n`,
    };
  });
}

const tellOf = (open: OpenRegistry, { record }: Promoted): Promise<() => Promise<void>> =>
  prepareToTell(open, record, { set: [ALIASES.production], unset: [ALIASES.candidate] });

async function promoteIn(
  open: OpenRegistry,
  options: PromoteOptions,
  placement: Placement,
): Promise<Promoted> {
  const { project, settings, registry, remote } = open;
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
  const record = recordOf(found);
  const { source, predictions, lineage } = record;
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
      ...{ final, version, registry, remote, judgement, expected: production?.version ?? 0 },
      candidate: { model: source, predictions, ...(lineage ? { lineage } : {}) },
      promoted: { at: new Date().toISOString(), by, reason, run: `promote-${randomUUID()}` },
    },
    placement,
  );
  if (!done)
    throw new DiagnosticError('production-changed', {
      message: `another model came into production meanwhile`,
      fix: 'look at `reprise model list`, and run it again',
    });
  return { record, judgement, ...(production ? { previous: production.version } : {}) };
}

async function judged(
  open: OpenRegistry,
  production: ProductionRecord | undefined,
  predictions: ContentReference,
): Promise<Judgement> {
  const { settings } = open;
  if (!production) return judgeFirst(settings);
  try {
    return await compareFiles(
      { path: await fetched(open, production.predictions), shown: production.predictions.path },
      { path: await fetched(open, predictions), shown: predictions.path },
      settings,
      production.version,
    );
  } catch (error) {
    // Other rows, or answers that are no longer to be had: a person has decided without them.
    if (!(error instanceof DiagnosticError) || error.transient) throw error;
    return judgeIncomparable(error.message, settings);
  }
}

/** @returns the absolute path of a version's answers */
async function fetched({ project, remote }: OpenRegistry, content: ContentReference): Promise<string> {
  if (remote) await bringObjects({ project, remote, hashes: [content.md5 as Md5] });
  return await present(project, content);
}
