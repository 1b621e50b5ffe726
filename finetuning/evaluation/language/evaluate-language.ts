import { projectLayout, type EvaluationConfig } from '../../../configs/index.js';
import { DiagnosticError, type Locator } from '../../../diagnostics/index.js';
import type { OnProgress } from '../../data/index.js';
import type { OpenedGenerator, Question } from '../../models/generation/open-generator.js';
import type { OpenedScorer, RowScore } from '../../models/scoring/open-scorer.js';
import { loadMetrics, measure, type LanguageAnswer, type Metrics } from '../../user-code/metric.js';
import type { Production } from '../classifier.js';
import { compareLanguage } from '../compared/compare-language.js';
import { comparePairs, type ModelName } from '../compared/compared.js';
import { Stopwatch } from '../stopwatch.js';
import { languageWorth } from '../worth.js';
import { completionFigures } from '../texts/completion-figures.js';
import type { JudgedLanguage, LanguageComparison } from './language-comparison.js';
import { languageFigures, type LanguageFigures } from './language-figures.js';
import { readLanguageSet, type LanguageTestRow } from './language-set.js';
import { writeLanguageOutputs } from './write-language-outputs.js';

/** One of the language models compared. */
export interface LanguageContender {
  /** What it is, as the report says it. */
  readonly description: string;
  openScorer(): Promise<OpenedScorer>;
  openGenerator(): Promise<OpenedGenerator>;
}

export interface EvaluateLanguageOptions {
  readonly root: string;
  /** Of the project. */
  readonly name: string;
  readonly config: EvaluationConfig;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
  /** In place of data/finetuning/test.jsonl, relative to the project. */
  readonly testFile?: string;
  readonly base: LanguageContender;
  readonly finetuned: LanguageContender;
  /** Absent: nothing is in production. */
  readonly production?: Production<LanguageContender>;
  readonly onProgress?: OnProgress;
}

/**
 * Reads held-out texts with the base, the finetuned model and the one in production, one after the other so that only one
 * is in memory, lets each go on from the prompts that have a completion, and writes metrics.json, reports/ and plots/.
 *
 * @throws DiagnosticError `nothing-to-say`, `not-finite`, those of `readLanguageSet` and of the models
 */
export async function evaluateLanguage(options: EvaluateLanguageOptions): Promise<LanguageComparison> {
  const { root, name, config, testFile = projectLayout.test, onProgress = () => {} } = options;
  const metrics = await loadMetrics(config.metrics, root, options.places);
  const rows = await readLanguageSet(root, testFile);
  const sets = new Map<string, LanguageTestRow[]>();
  for (const [set, file] of Object.entries(config.sets)) sets.set(set, await readLanguageSet(root, file));
  const questions = [...rows.keys()].filter((row) => rows[row]?.question);
  const asked = questions.slice(0, config.completions);
  const judge = (which: ModelName, contender: LanguageContender): Promise<JudgedLanguage> =>
    judged(which, contender, { rows, sets, asked, config, metrics, onProgress });
  const { production } = options;
  const models = {
    base: await judge('base', options.base),
    finetuned: await judge('finetuned', options.finetuned),
    ...(production && 'contender' in production
      ? { production: await judge('production', production.contender) }
      : {}),
  };
  const references = referencesOf(rows, asked);
  const compared = await comparePairs<JudgedLanguage>(models, (before, after) =>
    compareLanguage(references, before, after, config.intervals),
  );
  const comparison: LanguageComparison = {
    name,
    rows,
    asked,
    questions: questions.length,
    ...models,
    compared,
    worth: languageWorth(compared, rows.length),
    ...(production && 'reason' in production ? { notCompared: production.reason } : {}),
    sets: Object.fromEntries([...sets].map(([set, { length }]) => [set, length])),
  };
  await writeLanguageOutputs(root, comparison, config);
  return comparison;
}

interface Given {
  readonly rows: readonly LanguageTestRow[];
  readonly sets: ReadonlyMap<string, readonly LanguageTestRow[]>;
  readonly asked: readonly number[];
  readonly config: EvaluationConfig;
  readonly metrics: Metrics;
  readonly onProgress: OnProgress;
}

async function judged(
  name: string,
  contender: LanguageContender,
  { rows, sets, asked, config, metrics, onProgress }: Given,
): Promise<JudgedLanguage> {
  const scorer = await contender.openScorer();
  const stopwatch = new Stopwatch();
  const scoresOf = (of: readonly LanguageTestRow[], message: string): Promise<RowScore[]> =>
    scorer.score(
      of.map(({ row }) => row),
      {
        batchSize: config.batch_size,
        onProgress(step, total) {
          stopwatch.lap(step);
          onProgress({ step, total, message });
        },
      },
    );
  const scores = await scoresOf(rows, `evaluating ${name}`);
  const latency = stopwatch.latency();
  checkScores(scores, rows, name);
  const others: Record<string, LanguageFigures> = {};
  for (const [set, of] of sets) {
    const scored = await scoresOf(of, `evaluating ${name} on ${set}`);
    checkScores(scored, of, name);
    others[set] = languageFigures(scored);
  }
  const answers = await answersOf(name, contender, { rows, asked, config, onProgress });
  const references = referencesOf(rows, asked);
  const figures = languageFigures(scores);
  const completions = asked.length > 0 ? completionFigures(references, answers) : undefined;
  const known = Object.keys({ ...figures, ...completions });
  return {
    description: contender.description,
    scores,
    figures,
    answers,
    ...(completions ? { completions } : {}),
    own: await measure(metrics, () => judgedRows(rows, scores, asked, answers), known),
    sets: others,
    latency,
  };
}

/** What the rows that are gone on from go on with. */
function referencesOf(rows: readonly LanguageTestRow[], asked: readonly number[]): string[] {
  return asked.map((row) => rows[row]?.question?.reference ?? '');
}

/** As the project's own metrics are given them. */
function judgedRows(
  rows: readonly LanguageTestRow[],
  scores: readonly RowScore[],
  asked: readonly number[],
  answers: readonly string[],
): LanguageAnswer[] {
  const places = new Map(asked.map((row, at) => [row, at]));
  return rows.map(({ id, fields, question }, row) => {
    const { loss, tokens, right, bytes } = scores[row] as RowScore;
    const at = places.get(row);
    const answered =
      at === undefined ? {} : { label: question?.reference ?? '', prediction: answers[at] as string };
    return { ...fields, id, loss, tokens, right, bytes, ...answered };
  });
}

async function answersOf(
  name: string,
  contender: LanguageContender,
  { rows, asked, config, onProgress }: Omit<Given, 'sets' | 'metrics'>,
): Promise<string[]> {
  if (asked.length === 0) return [];
  const generator = await contender.openGenerator();
  const questions = asked.map((row) => {
    const { question, at } = rows[row] as LanguageTestRow;
    return { prompt: (question as NonNullable<typeof question>).prompt, at };
  });
  // A prompt that leaves no room is a question that the model has no answer to.
  const possible = [...questions.keys()].filter((at) => generator.fits((questions[at] as Question).prompt));
  const answers = questions.map(() => '');
  if (possible.length === 0) return answers;
  const completions = await generator.complete(
    possible.map((at) => questions[at] as Question),
    {
      ...{ temperature: 0, topK: 0, topP: 1, seed: 0, maxNewTokens: config.max_new_tokens },
      batchSize: config.batch_size,
      onProgress: (step, total) => onProgress({ step, total, message: `${name} goes on from prompts` }),
    },
  );
  completions.forEach(({ text }, at) => (answers[possible[at] as number] = text));
  return answers;
}

/** @throws DiagnosticError `nothing-to-say`, `not-finite` */
function checkScores(scores: readonly RowScore[], rows: readonly LanguageTestRow[], name: string): void {
  const bad = scores.findIndex(({ loss }) => !Number.isFinite(loss));
  if (bad >= 0)
    throw new DiagnosticError('not-finite', {
      message: `the ${name} model's loss is ${scores[bad]?.loss}`,
      at: (rows[bad] as LanguageTestRow).at,
      expected: 'a finite loss',
      found: String(scores[bad]?.loss),
      fix: 'train it again with a lower learning rate; its weights are damaged',
    });
  if (scores.some(({ tokens, bytes }) => tokens > 0 && bytes > 0)) return;
  throw new DiagnosticError('nothing-to-say', {
    message:
      'the rows have no token to be said: texts of one token, or prompts that fill what the model can read',
    at: (rows[0] as LanguageTestRow).at,
    fix: 'evaluate on longer texts, or on shorter prompts',
  });
}
