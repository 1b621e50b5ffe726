import { mkdir, readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { addData, checkoutObject, writeBeside, type Md5, type Project } from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Candidate, ContentReference } from '../../workflows/index.js';
import { insideProject } from './paths.js';
import { productionFile, readProduction, type ProductionRecord } from './production.js';

/**
 * The number that the next promoted model gets: above all that were ever given. One that was copied and never became the
 * alias keeps its number, so that a number means one content for good.
 */
export async function nextVersion(project: Project, final: string): Promise<number> {
  const folder = await insideProject(project.root, final);
  const names = await readdir(folder).catch(() => [] as string[]);
  const given = names.map((name) => Number(/^(?:model|predictions)_v(\d+)(?:\.|$)/.exec(name)?.[1] ?? 0));
  const production = await readProduction(project.root, final);
  return Math.max(0, production?.version ?? 0, ...given) + 1;
}

export interface Promotion {
  readonly final: string;
  readonly version: number;
  /** The version that the candidate was compared with; 0 for none. */
  readonly expected: number;
  readonly candidate: Candidate;
  readonly promoted: ProductionRecord['promoted'];
  /** For production.json: figures, verdict. */
  readonly judgement: object;
}

/**
 * Makes the candidate the model in production: copies it from the cache to `model_vN`, lets DVC track the copy, and then, in one
 * rename, points the alias at it. Killed anywhere and made again, it ends in the same files.
 *
 * @returns false when another model came into production since the candidate was judged
 * @throws DiagnosticError `cache-missing`, `version-taken`, `disk-full`, `path-outside`
 */
export async function promote(project: Project, promotion: Promotion): Promise<boolean> {
  const { final, version, expected, candidate } = promotion;
  const production = await readProduction(project.root, final);
  if (production?.promoted.run === promotion.promoted.run && production.version === version) return true;
  if ((production?.version ?? 0) !== expected) return false;
  const predictions = `predictions_v${version}${suffix(candidate.predictions.path)}`;
  const model = await placeCopy(project, join(final, `model_v${version}`), candidate.model);
  const answers = await placeCopy(project, join(final, predictions), candidate.predictions);
  const record: ProductionRecord = {
    version,
    model,
    predictions: answers,
    promoted: promotion.promoted,
    ...(expected > 0 ? { previous: expected } : {}),
    judgement: promotion.judgement,
  };
  await writeBeside(
    await insideProject(project.root, productionFile(final)),
    `${JSON.stringify(record, undefined, 2)}\n`,
  );
  return true;
}

async function placeCopy(
  project: Project,
  path: string,
  { md5 }: ContentReference,
): Promise<ContentReference> {
  const place = await insideProject(project.root, path);
  const at = { file: path };
  await mkdir(dirname(place), { recursive: true });
  // Half a copy of ours has no `.dvc` file yet, and is completed; what has one belongs to whoever made it.
  const tracked = await readFile(`${place}.dvc`, 'utf8').catch(() => undefined);
  if (tracked !== undefined && !tracked.includes(md5)) {
    throw new DiagnosticError('version-taken', {
      message: `${path} is there already, with another content`,
      at,
      fix: 'promote again: it gets the next number',
    });
  }
  await checkoutObject(project, place, { path: basename(place), hash: 'md5', md5: md5 as Md5 }, at);
  await addData(project, place);
  return { path: relative(project.root, place), md5 };
}

/** `.jsonl`: the copy keeps it, for editors. */
function suffix(path: string): string {
  return /\.[A-Za-z0-9]+$/.exec(path)?.[0] ?? '';
}
