import { join } from 'node:path';
import { projectLayout, type EvaluationConfig } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import type { OnProgress } from '../data/index.js';
import { loadMetrics, measure, type JudgedRow } from '../user-code/metric.js';
import {
  askAll,
  readAnswerRows,
  rowRecord,
  saidOf,
  type AnswerRows,
  type OtherProblem,
} from './answer-rows.js';
import { actualOf, judgeAnswers, type AnswersComparison, type JudgedAnswers } from './answers-comparison.js';
import type { Contender, Production } from './classifier.js';
import { compareAnswers } from './compared/compare-answers.js';
import { comparePairs, type ModelName } from './compared/compared.js';
import { answersWorth } from './worth.js';
import { writeAnswersOutputs } from './write-answers-outputs.js';

export interface EvaluateAnswersOptions {
  readonly root: string;
  /** Of the project. */
  readonly name: string;
  readonly config: EvaluationConfig;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
  /** In place of data/finetuning/test.jsonl, relative to the project. */
  readonly testFile?: string;
  readonly problem: OtherProblem;
  /** In the order of the logits. */
  readonly labels: readonly string[];
  readonly base: Contender;
  readonly finetuned: Contender;
  /** Absent: nothing is in production. */
  readonly production?: Production<Contender>;
  readonly onProgress?: OnProgress;
}

/**
 * The base, the finetuned model and the one in production over the test rows, where answers are numbers or any number of
 * labels; writes metrics.json, reports/ and plots/.
 *
 * @throws DiagnosticError `unknown-label`, `bad-row`, `not-finite`, those of `readAnswerRows` and of the models
 */
export async function evaluateAnswers(options: EvaluateAnswersOptions): Promise<AnswersComparison> {
  const {
    root,
    name,
    config,
    problem,
    labels,
    production,
    testFile = projectLayout.test,
    onProgress,
  } = options;
  const metrics = await loadMetrics(config.metrics, root, options.places);
  const rows = await readAnswerRows(join(root, testFile), testFile, problem);
  if (problem === 'multi_label_classification') checkLabels(rows, labels, testFile);
  else checkNumbers(rows, labels, testFile);
  const known = { problem, labels, actual: actualOf(rows, labels, problem) };
  const ask = async (
    which: ModelName,
    { open, description }: Contender,
  ): Promise<JudgedAnswers | undefined> => {
    const { logits, labels: own } = await askAll(open, rows.inputs, {
      batchSize: config.batch_size,
      onProgress: (step, total) => onProgress?.({ step, total, message: `evaluating ${which}` }),
    });
    if (own.join('\n') !== labels.join('\n')) return undefined;
    const judged = judgeAnswers(known, logits, description);
    const answered = (): JudgedRow[] =>
      saidOf(logits, labels, problem).map((answer, row) => ({ ...rowRecord(rows, row, problem), ...answer }));
    return { ...judged, own: await measure(metrics, answered, Object.keys(judged.figures)) };
  };
  const must = async (which: ModelName, contender: Contender): Promise<JudgedAnswers> => {
    const judged = await ask(which, contender);
    if (judged) return judged;
    throw new DiagnosticError('labels-differ', {
      message: `the ${which} model was made for other labels`,
      expected: labels.join(', '),
      fix: 'train it again on this data',
    });
  };
  const base = await must('base', options.base);
  const finetuned = await must('finetuned', options.finetuned);
  const asked = production && 'contender' in production;
  const inProduction = asked ? await ask('production', production.contender) : undefined;
  const models = { base, ...(inProduction ? { production: inProduction } : {}), finetuned };
  const reason = asked
    ? 'The model in production is not compared: it was made for other labels.'
    : production?.reason;
  const answered = { problem, actual: known.actual, outputs: labels.length };
  const compared = await comparePairs<JudgedAnswers>(models, (before, after) =>
    compareAnswers(answered, before.logits, after.logits, config.intervals),
  );
  const comparison: AnswersComparison = {
    ...{ name, rows, ...known, ...models, compared },
    worth: answersWorth(problem === 'regression', finetuned, compared, rows.ids.length),
    ...(inProduction || reason === undefined ? {} : { notCompared: reason }),
  };
  await writeAnswersOutputs(root, comparison, config);
  return comparison;
}

function checkLabels({ answers, lines }: AnswerRows, labels: readonly string[], file: string): void {
  answers.forEach((names, row) => {
    const unknown = (names as readonly string[]).find((name) => !labels.includes(name));
    if (unknown === undefined) return;
    throw new DiagnosticError('unknown-label', {
      message: `the model was not trained with the label ${unknown}`,
      at: { file, line: lines[row] as number },
      expected: labels.join(', '),
      fix: 'train it on rows with this label, or take the label out',
    });
  });
}

function checkNumbers({ answers, lines }: AnswerRows, labels: readonly string[], file: string): void {
  const row = answers.findIndex((answer) => [answer].flat().length !== labels.length);
  if (row === -1) return;
  throw new DiagnosticError('bad-row', {
    message: 'a row has more or fewer numbers than the model says',
    at: { file, line: lines[row] as number },
    expected: `label: ${labels.length === 1 ? 'a number' : `a list of ${labels.length} numbers`}`,
    found: JSON.stringify(answers[row]).slice(0, 200),
    fix: 'correct the row, or evaluate a model that was trained on such rows',
  });
}
