import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutObject, hashPath, writeBeside, type Md5, type Project } from '../../dvc/index.js';
import {
  compare,
  differenceOfRows,
  insideProject,
  judge,
  judgeFirst,
  judgeIncomparable,
  pair,
  readPredictions,
  readProduction,
  stageCandidate,
  type Predictions,
  type ProductionRecord,
} from '../../promotion/index.js';
import { openState } from '../../runner/index.js';
import type {
  Candidate,
  ContentReference,
  JudgeInput,
  JudgeResult,
  Judged,
  Judgement,
  PromotionSettings,
  PathWorkspace,
} from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { openPathProject } from './open-path-project.js';

/** Puts the candidate into the cache, and compares it with the model in production on the same rows. */
export async function judgeCandidate(deps: ActivityDependencies, input: JudgeInput): Promise<JudgeResult> {
  const { settings } = input;
  const project = await openPathProject(deps, input.workspace);
  const candidate = await stageCandidate(project, settings);
  const production = await readProduction(project.root, settings.final);
  const version = production?.version ?? 0;
  const judged = (judgement: Judgement): JudgeResult => ({
    kind: 'judged',
    judged: { candidate, production: version, judgement },
  });
  const known = !input.again && (await isKnown(project, { settings, candidate, production }));
  if (known) return { kind: 'unchanged', production: version };
  if (!production) return judged(judgeFirst(settings));

  const rows = await readPredictions(
    await insideProject(project.root, settings.predictions),
    settings.predictions,
    settings.columns,
  );
  const answers = await productionAnswers(project, settings, production, input.answers);
  const difference = differenceOfRows(answers, rows);
  if (difference !== undefined) {
    if (settings.predict !== '') return { kind: 'predict', production: version, reason: difference };
    return judged(judgeIncomparable(difference, settings));
  }
  return judged(judge(await compare(pair(answers, rows), version, settings), settings));
}

/** What the model in production says of the test rows: those of its own time, or today's, when it was asked again. */
async function productionAnswers(
  project: Project,
  settings: PromotionSettings,
  { predictions }: ProductionRecord,
  again: string | undefined,
): Promise<Predictions> {
  if (again !== undefined)
    return await readPredictions(await insideProject(project.root, again), again, settings.columns);
  const path = await restore(project, predictions);
  return await readPredictions(path, predictions.path, settings.columns);
}

/** Brings back from the cache what is gone or was changed. */
export async function restore(project: Project, { path, md5 }: ContentReference): Promise<string> {
  const place = await insideProject(project.root, path);
  if ((await hashPath(project, place))?.md5 !== md5)
    await checkoutObject(project, place, { path, hash: 'md5', md5: md5 as Md5 }, { file: path });
  return place;
}

interface Question {
  readonly settings: PromotionSettings;
  readonly candidate: Candidate;
  readonly production: ProductionRecord | undefined;
}

/** A candidate that is the model in production, or that was judged before, against the same model and by the same gates. */
async function isKnown(project: Project, question: Question): Promise<boolean> {
  const { candidate, production } = question;
  if (production?.model.md5 === candidate.model.md5) return true;
  const last = await readFile(await judgedFile(project), 'utf8').catch(() => '');
  return last.trim() === digestOf(candidate, production?.version ?? 0, question.settings);
}

/** Remembers what was judged. It is a note of this workspace: where it is lost, the same is judged once more. */
export async function recordJudged(
  deps: ActivityDependencies,
  input: { readonly workspace: PathWorkspace; readonly settings: PromotionSettings; readonly judged: Judged },
): Promise<void> {
  const project = await openPathProject(deps, input.workspace);
  const { candidate, production } = input.judged;
  await writeBeside(await judgedFile(project), `${digestOf(candidate, production, input.settings)}\n`);
}

async function judgedFile(project: Project): Promise<string> {
  return join(await openState(project.root), 'judged');
}

function digestOf(candidate: Candidate, production: number, settings: PromotionSettings): string {
  const gates = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([candidate, production, gates]))
    .digest('hex');
}
