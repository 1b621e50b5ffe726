import type { UserCode } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import { createFromFile, messageOf } from './load-module.js';

/** What a step may know of a row beside its texts. */
export interface RowFacts {
  /** Where it was read: a file of data/raw, or the picture itself; and the line. */
  readonly file: string;
  readonly line: number;
  /** If the source has ids. */
  readonly id?: string;
  /** As the source has it; absent where rows have none. */
  readonly label?: string;
}

/**
 * A step of the user's own in `data_preprocessing`. What it says must follow from what it is given alone: it is asked several
 * times of each row.
 */
export interface CleaningStep {
  /** Each text of a row, before it is normalised: its text, prompt and completion, or what each message says. */
  readonly text?: (text: string, row: RowFacts) => string;
  /** Whether the row stays. It is given its texts as they would be written; a picture has none. */
  readonly keep?: (row: RowFacts & { readonly texts: readonly string[] }) => boolean;
}

/** A file's function `createStep`. */
export type CreateStep<Options = Record<string, unknown>> = (
  options: Options,
) => CleaningStep | Promise<CleaningStep>;

/** Steps one after the other; the errors of each have its name. */
export interface CleaningSteps {
  readonly drops: boolean;
  text(text: string, row: RowFacts): string;
  keep(row: RowFacts, texts: readonly string[]): boolean;
}

const SETTING = 'preprocessing.steps';

/**
 * @returns undefined where there are none
 * @throws DiagnosticError `bad-step`
 */
export async function loadSteps(
  steps: readonly UserCode[],
  projectDir: string,
  places?: Locator,
): Promise<CleaningSteps | undefined> {
  const loaded: (readonly [string, CleaningStep])[] = [];
  for (const [index, step] of steps.entries()) {
    const { use: path, with: options } = typeof step === 'string' ? { use: step, with: {} } : step;
    const at = places?.locate(['preprocessing', 'steps', index]);
    const file = { path, projectDir, setting: SETTING, code: 'bad-step', at };
    loaded.push([path, await createFromFile(file, 'createStep', [options], STEP)]);
  }
  if (loaded.length === 0) return undefined;
  return {
    drops: loaded.some(([, { keep }]) => keep !== undefined),
    text: (text, row) =>
      loaded.reduce(
        (said, [name, step]) => (step.text ? ask(name, step, 'text', [said, row], 'string', row) : said),
        text,
      ),
    keep: (row, texts) =>
      loaded.every(
        ([name, step]) => !step.keep || ask(name, step, 'keep', [{ ...row, texts }], 'boolean', row),
      ),
  };
}

const STEP = {
  described: 'an object with text or keep',
  is: (value: unknown): value is CleaningStep =>
    typeof value === 'object' &&
    value !== null &&
    ('text' in value || 'keep' in value) &&
    ['text', 'keep'].every((name) =>
      ['undefined', 'function'].includes(typeof (value as Record<string, unknown>)[name]),
    ),
};

/** @throws DiagnosticError `step-failed` */
function ask<T extends 'text' | 'keep'>(
  name: string,
  step: CleaningStep,
  hook: T,
  args: readonly unknown[],
  expected: 'string' | 'boolean',
  row: RowFacts,
): ReturnType<NonNullable<CleaningStep[T]>> {
  const at = { file: row.file, line: row.line };
  let answer: unknown;
  try {
    answer = (step[hook] as (...args: readonly unknown[]) => unknown)(...args);
  } catch (cause) {
    throw new DiagnosticError('step-failed', {
      message: `the step ${name} failed in ${hook}: ${messageOf(cause)}`,
      at,
      fix: 'correct it, or the row',
      cause,
    });
  }
  if (typeof answer === expected) return answer as ReturnType<NonNullable<CleaningStep[T]>>;
  throw new DiagnosticError('step-failed', {
    message: `the step ${name} gives no ${expected} in ${hook}`,
    at,
    expected: `a ${expected}`,
    found: answer instanceof Promise ? 'a promise' : typeof answer,
    fix: 'correct it; a step is not waited for',
  });
}
