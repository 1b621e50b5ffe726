import type { RowScore } from '../../models/scoring/open-scorer.js';
import type { ComparedPair } from '../compared/compared.js';
import type { Latency } from '../stopwatch.js';
import type { CompletionFigures } from '../texts/completion-figures.js';
import type { Worth } from '../worth.js';
import type { LanguageFigures } from './language-figures.js';
import type { LanguageTestRow } from './language-set.js';

/** One model on the test rows. */
export interface JudgedLanguage {
  readonly description: string;
  /** [rows] */
  readonly scores: readonly RowScore[];
  readonly figures: LanguageFigures;
  /** Of the rows that are gone on from, in `asked`'s order. */
  readonly answers: readonly string[];
  readonly completions?: CompletionFigures;
  /** By name. */
  readonly sets: Readonly<Record<string, LanguageFigures>>;
  /** What the project's own metrics say, by name. */
  readonly own: Readonly<Record<string, number | null>>;
  readonly latency: Latency;
}

export interface LanguageComparison {
  /** Of the project, for the report's title. */
  readonly name: string;
  readonly rows: readonly LanguageTestRow[];
  /** Row numbers of those that are gone on from. */
  readonly asked: readonly number[];
  /** Rows that have a completion, of which these are the first. */
  readonly questions: number;
  readonly base: JudgedLanguage;
  /** The model in production, where there is one. */
  readonly production?: JudgedLanguage;
  readonly finetuned: JudgedLanguage;
  /** Each model beside the others. */
  readonly compared: readonly ComparedPair[];
  readonly worth: Worth;
  /** Why the model in production is not among them, where there is one. */
  readonly notCompared?: string;
  /** Rows of the other sets. */
  readonly sets: Readonly<Record<string, number>>;
}
