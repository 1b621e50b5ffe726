import { relative } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { readPrompts, writeFiles, type OnProgress, type OwnColumns, type PromptLine } from '../data/index.js';
import type { GenerationSettings } from '../models/generation/going-row.js';
import type { OpenedGenerator } from '../models/generation/open-generator.js';

export interface PredictCompletionsOptions {
  readonly root: string;
  /** Absolute path of the rows with prompts: see `readPrompts`. */
  readonly input: string;
  /** What tables of the project's own call their columns. */
  readonly columns?: OwnColumns;
  /** Absolute path of the JSON lines to write: those of the input with `prediction` and `finish_reason`. */
  readonly output: string;
  readonly batchSize: number;
  readonly settings: GenerationSettings;
  open(): Promise<OpenedGenerator>;
  readonly onProgress?: OnProgress;
}

/**
 * Lets a language model go on from each prompt. The same prompts, model and settings give the same bytes.
 *
 * @returns how many rows
 * @throws DiagnosticError `no-rows`, those of `readPrompts` and of the model
 */
export async function predictCompletions(options: PredictCompletionsOptions): Promise<number> {
  const { root, input, columns, output, batchSize, settings, open, onProgress } = options;
  const file = relative(root, input);
  const lines: PromptLine[] = [];
  for await (const line of readPrompts(input, file, columns)) lines.push(line);
  if (lines.length === 0)
    throw new DiagnosticError('no-rows', {
      message: `${file} has no prompts`,
      at: { file },
      fix: 'run the stage that makes it, or name another file',
    });
  const generator = await open();
  const completions = await generator.complete(
    lines.map(({ prompt, number }) => ({ prompt, at: { file, line: number } })),
    {
      ...settings,
      batchSize,
      onProgress: (step, total) => onProgress?.({ step, total, message: 'predicting' }),
    },
  );
  await writeFiles([output], ([writer]) => {
    lines.forEach(({ fields }, index) => {
      const { text, finish } = completions[index] as (typeof completions)[number];
      writer?.write(JSON.stringify({ ...fields, prediction: text, finish_reason: finish }));
    });
  });
  return lines.length;
}
