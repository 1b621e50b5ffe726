import {
  compare,
  differenceOfRows,
  judge,
  judgeFirst,
  judgeIncomparable,
  pair,
  readPredictions,
  readProduction,
} from '../../promotion/index.js';
import type {
  JudgeInput,
  JudgeResult,
  Judged,
  Judgement,
  PromotionSettings,
  Workspace,
} from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { restore, stage } from './contents.js';
import { isJudged, noteJudged } from './judged-note.js';
import { openProduction, openRetrained } from './open-project.js';

/** Puts the candidate aside, and compares it with the model in production on the same rows. */
export async function judgeCandidate(deps: ActivityDependencies, input: JudgeInput): Promise<JudgeResult> {
  const { settings, workspace } = input;
  const project = await openRetrained(deps, workspace);
  const now = await openProduction(deps, workspace);
  const candidate = await stage(project, settings);
  const production = await readProduction(now.root, settings.final);
  const version = production?.version ?? 0;
  const judged = (judgement: Judgement): JudgeResult => ({
    kind: 'judged',
    judged: { candidate, production: version, judgement },
  });
  if (!input.again) {
    const isPromoted = (production?.source ?? production?.model)?.md5 === candidate.model.md5;
    if (isPromoted || (await isJudged(project, { settings, candidate, production: version })))
      return { kind: 'unchanged', production: version };
  }
  if (!production) return judged(judgeFirst(settings));

  const read = (path: string, shown: string) => readPredictions(path, shown, settings.columns);
  const rows = await read(await restore(project, candidate.predictions), settings.predictions);
  // Its answers on the test rows of its own time, or on today's, when it was asked again.
  const { answers } = input;
  const before = answers
    ? await read(await restore(project, answers), answers.path)
    : await read(await restore(now, production.predictions), production.predictions.path);
  const difference = differenceOfRows(before, rows);
  if (difference !== undefined) {
    if (settings.predict !== '') return { kind: 'predict', production: version, reason: difference };
    return judged(judgeIncomparable(difference, settings));
  }
  return judged(judge(await compare(pair(before, rows), version, settings), settings));
}

/** So that the same is not judged, and people not asked, again. */
export async function recordJudged(
  deps: ActivityDependencies,
  input: { readonly workspace: Workspace; readonly settings: PromotionSettings; readonly judged: Judged },
): Promise<void> {
  const { settings, judged } = input;
  await noteJudged(await openRetrained(deps, input.workspace), { ...judged, settings });
}
