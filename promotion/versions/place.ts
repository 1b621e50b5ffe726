import { mkdir, readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import {
  addData,
  checkoutObject,
  trackData,
  writeBeside,
  type LockedFile,
  type Md5,
  type Project,
} from '../../dvc/index.js';
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

/** More than may come into production while one promotion is tried again. */
export const KEPT_EARLIER = 10;

/** `copies`: files and their records. `records`: what git gets; the data is in the remote. */
export type Placement = 'copies' | 'records';

/**
 * Makes the candidate the model in production: copies it from the cache to `model_vN`, lets DVC track the copy, and then, in one
 * rename, points the alias at it. Killed anywhere and made again, it ends in the same files, and says the same, also when another
 * model has followed it meanwhile.
 *
 * @returns false when another model came into production since the candidate was judged
 * @throws DiagnosticError `cache-missing`, `version-taken`, `disk-full`, `path-outside`
 */
export async function promote(
  project: Project,
  promotion: Promotion,
  placement: Placement,
): Promise<boolean> {
  const { final, version, expected, candidate } = promotion;
  const production = await readProduction(project.root, final);
  const done = production
    ? [{ version: production.version, run: production.promoted.run }, ...(production.earlier ?? [])]
    : [];
  // Also when another one has come into production since.
  if (done.some((one) => one.version === version && one.run === promotion.promoted.run)) return true;
  if ((production?.version ?? 0) !== expected) return false;
  const predictions = `predictions_v${version}${suffix(candidate.predictions.path)}`;
  const place = placement === 'copies' ? placeCopy : placeRecord;
  const model = await placeAt(project, join(final, `model_v${version}`), candidate.model, place);
  const answers = await placeAt(project, join(final, predictions), candidate.predictions, place);
  const record: ProductionRecord = {
    version,
    model,
    predictions: answers,
    promoted: promotion.promoted,
    ...(expected > 0 ? { previous: expected, earlier: done.slice(0, KEPT_EARLIER) } : {}),
    judgement: promotion.judgement,
  };
  await writeBeside(
    await insideProject(project.root, productionFile(final)),
    `${JSON.stringify(record, undefined, 2)}\n`,
  );
  return true;
}

async function placeAt(
  project: Project,
  path: string,
  content: ContentReference,
  place: (project: Project, file: string, content: ContentReference) => Promise<void>,
): Promise<ContentReference> {
  const file = await insideProject(project.root, path);
  // Half a copy of ours has no `.dvc` file yet, and is completed; what has one belongs to whoever made it.
  const tracked = await readFile(`${file}.dvc`, 'utf8').catch(() => undefined);
  if (tracked !== undefined && !tracked.includes(content.md5)) {
    throw new DiagnosticError('version-taken', {
      message: `${path} is there already, with another content`,
      at: { file: path },
      fix: 'promote again: it gets the next number',
    });
  }
  await place(project, file, content);
  const { md5, isexec } = content;
  return { path: relative(project.root, file), md5, ...(isexec ? { isexec } : {}) };
}

async function placeCopy(project: Project, file: string, content: ContentReference): Promise<void> {
  const at = { file: relative(project.root, file) };
  await mkdir(dirname(file), { recursive: true });
  await checkoutObject(project, file, lockedAt(file, content), at);
  await addData(project, file);
}

async function placeRecord(project: Project, file: string, content: ContentReference): Promise<void> {
  await trackData(project, file, lockedAt(file, content));
}

export function lockedAt(file: string, content: ContentReference): LockedFile & { readonly md5: Md5 } {
  const { isexec, ...rest } = content;
  const md5 = content.md5 as Md5;
  return { ...rest, path: basename(file), hash: 'md5', md5, ...(isexec ? { isexec } : {}) };
}

/** `.jsonl`: the copy keeps it, for editors. */
function suffix(path: string): string {
  return /\.[A-Za-z0-9]+$/.exec(path)?.[0] ?? '';
}
