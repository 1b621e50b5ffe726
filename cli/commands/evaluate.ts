import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { AnswersRecord, Comparison, EvaluateOptions } from '../../finetuning/index.js';
import { createProgressReporter, formatFigure } from '../progress/index.js';

/** `reprise evaluate`: the base model against the finetuned one on the test rows. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('compare the base and the finetuned model on the test rows: metrics.json and reports/')
    .option('--json', 'print one JSON object per event')
    .action(async (options: { json?: boolean }) => {
      const json = options.json ?? false;
      const reporter = createProgressReporter({ json });
      try {
        const found = await compareModels((line) => reporter.log(line), {
          onProgress: (update) => reporter.update(update),
        });
        reporter.done();
        if ('problem_type' in found) return void process.stdout.write(answersText(found, json));
        const { comparison, itemsPerSecond } = found;
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', stage: 'evaluate', ...figures(comparison), items_per_second: itemsPerSecond })}\n`
            : summary(comparison, itemsPerSecond),
        );
      } finally {
        reporter.done();
      }
    });
}

async function compareModels(
  log: (line: string) => void,
  { onProgress }: Pick<EvaluateOptions, 'onProgress'>,
) {
  const { findProjectRoot, loadBaseConfig, loadEvaluationConfig, loadFinetuningConfig, projectLayout } =
    await import('../../configs/index.js');
  const { evaluate, evaluateAnswers, openAnyClassifier, readFinetunedFolder, resolvePretrained } =
    await import('../../finetuning/index.js');
  const root = findProjectRoot(process.cwd());
  const { name } = loadBaseConfig(root);
  const config = loadEvaluationConfig(root);
  const finetuning = loadFinetuningConfig(root);
  const adapterDir = join(root, projectLayout.bestModel);
  if (!existsSync(adapterDir))
    throw new DiagnosticError('no-model', {
      message: `${projectLayout.bestModel} does not exist`,
      at: { file: projectLayout.bestModel },
      fix: 'run `reprise finetune` first',
    });
  const { generates, problem, labels: own } = readFinetunedFolder(adapterDir);
  if (generates)
    throw new DiagnosticError('not-a-classifier', {
      message: 'the model is a language model, and `reprise evaluate` compares classifiers',
      at: { file: projectLayout.bestModel },
      fix: 'look at its perplexity, which `reprise finetune` reports, or at its answers: `reprise predict`',
    });
  const { model_name: model, model_revision: revision, seed } = finetuning;
  const baseModelDir = await resolvePretrained(model, { revision, root, log });
  if (problem !== 'single_label_classification')
    return evaluateAnswers({
      root,
      config,
      problem,
      labels: own,
      base: {
        description: model,
        open: () => openAnyClassifier({ baseModelDir, labels: own, seed }),
      },
      finetuned: {
        description: projectLayout.bestModel,
        open: () => openAnyClassifier({ baseModelDir, adapterDir, labels: own, seed }),
      },
      ...(onProgress ? { onProgress } : {}),
    });
  return evaluate({
    root,
    name,
    config,
    base: (labels) => ({
      description: `${model} as pretrained, with a new head that was never trained (seed ${seed}): chance is what to expect`,
      open: () => openAnyClassifier({ baseModelDir, labels, seed, imageSize: finetuning.image_size }),
    }),
    finetuned: (labels) => ({
      description: `The same model after ${methodText(finetuning)}: ${projectLayout.bestModel}`,
      open: () => openAnyClassifier({ baseModelDir, adapterDir, labels, seed }),
    }),
    ...(onProgress ? { onProgress } : {}),
  });
}

/** Of a model that says numbers, or several labels. */
function answersText(record: AnswersRecord, json: boolean): string {
  if (json) return `${JSON.stringify({ event: 'result', stage: 'evaluate', ...record })}\n`;
  const figure = (value: number | null | undefined): string => (value ?? NaN).toFixed(4).padStart(11);
  const lines = Object.keys(record.base).map(
    (name) => `${name.padEnd(16)}${figure(record.base[name])}${figure(record.finetuned[name])}`,
  );
  const head = `${''.padEnd(16)}${'base'.padStart(11)}${'finetuned'.padStart(11)}`;
  return `${[head, ...lines].join('\n')}\nmetrics.json, reports/predictions.jsonl\n`;
}

function methodText(config: FinetuningConfig): string {
  if (config.method === 'lora') return `finetuning with LoRA (r = ${config.lora_r})`;
  if (config.method === 'qlora')
    return `finetuning with LoRA (r = ${config.lora_r}) over weights in four bits (NF4)`;
  if (config.method === 'full') return 'full finetuning';
  return `finetuning with ${config.adapter_type === 'pfeiffer' ? 'Pfeiffer' : 'Houlsby'} adapters (reduction factor ${config.reduction_factor})`;
}

interface Speeds {
  readonly base: number;
  readonly finetuned: number;
}

function figures({ majority, base, finetuned, rows }: Comparison): object {
  const of = ({ metrics: { classes: _, ...overall } }: Comparison['base']): object => overall;
  return { test_rows: rows.length, majority: of(majority), base: of(base), finetuned: of(finetuned) };
}

/** A small table, which lines up without a terminal too. */
function summary({ majority, base, finetuned }: Comparison, itemsPerSecond: Speeds): string {
  const rows = [
    ['', 'accuracy', 'macro P', 'macro R', 'macro F1', 'items/s'],
    ...(
      [
        ['majority', majority, undefined],
        ['base', base, itemsPerSecond.base],
        ['finetuned', finetuned, itemsPerSecond.finetuned],
      ] as const
    ).map(([name, { metrics }, speed]) => [
      name,
      ...[metrics.accuracy, metrics.macro_precision, metrics.macro_recall, metrics.macro_f1].map((value) =>
        value.toFixed(4),
      ),
      speed === undefined ? '' : formatFigure(speed),
    ]),
  ];
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(10) : cell.padStart(9)))
      .join('')
      .trimEnd(),
  );
  return `${lines.join('\n')}\nmetrics.json, reports/report.html\n`;
}
