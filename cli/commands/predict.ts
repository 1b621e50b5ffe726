import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { noModel } from '../models/no-model.js';
import { createProgressReporter } from '../progress/index.js';
import { numberFlag, wholeFlag } from './number-flags.js';

interface Options {
  model?: string;
  output?: string;
  json?: true;
  input?: string;
  batchSize?: number;
  maxNewTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  seed?: number;
}

/**
 * `reprise predict`: one finetuned model's answers on the test rows. Retraining asks the model in production so. A
 * language model goes on from each row's prompt.
 */
export function predictCommand(): Command {
  return new Command('predict')
    .description('let a finetuned model answer rows or pictures; a language model goes on from prompts')
    .option('--model <folder>', 'the model (REPRISE_MODEL); default: models/checkpoints/best_model')
    .option('--output <file>', 'JSON lines to write (REPRISE_PREDICTIONS); default: predictions.jsonl')
    .option('--batch-size <rows>', 'rows at a time; default: evaluation.batch_size', wholeFlag(1))
    .option(
      '--input <path>',
      'texts, pictures or prompts: .csv, .tsv, .jsonl, .json or .parquet, a picture or a folder of pictures; default: the test rows',
    )
    .option(
      '--max-new-tokens <n>',
      'language models: ends a text that does not end before',
      wholeFlag(1),
      128,
    )
    .option(
      '--temperature <t>',
      'language models: 0 takes the likeliest token, others draw',
      numberFlag(0),
      0,
    )
    .option(
      '--top-k <k>',
      'language models: draw among the k likeliest tokens; 0: among all',
      wholeFlag(0),
      0,
    )
    .option(
      '--top-p <p>',
      'language models: draw among the likeliest that have this share',
      numberFlag(0, 1),
      1,
    )
    .option(
      '--seed <n>',
      'language models: of what is drawn; default: that of base_config.yaml',
      wholeFlag(0),
    )
    .option('--json', 'print one JSON object per event')
    .action(async (options: Options) => {
      const json = options.json ?? false;
      const reporter = createProgressReporter({ json });
      try {
        const { findProjectRoot, loadBaseConfig, loadEvaluationConfig, projectLayout } =
          await import('../../configs/index.js');
        const { ownColumns } = await import('../evaluate/own-columns.js');
        const root = findProjectRoot(process.cwd());
        const { env } = process;
        const named = options.model ?? env['REPRISE_MODEL'] ?? projectLayout.bestModel;
        const model = resolve(root, named);
        if (!existsSync(model)) throw noModel(named);
        const {
          dataPlace,
          openAnyClassifier,
          openGenerator,
          predictAnswers,
          predictCompletions,
          predictLabels,
          readFinetunedFolder,
          resolvePretrained,
        } = await import('../../finetuning/index.js');
        const output = resolve(root, options.output ?? env['REPRISE_PREDICTIONS'] ?? 'predictions.jsonl');
        const { labels, generates, problem, base } = readFinetunedFolder(model);
        const log = (line: string): void => reporter.log(line);
        const baseModelDir = base
          ? await resolvePretrained(base.name, { revision: base.revision, root, log })
          : model;
        const blank: number[] = [];
        const common = {
          root,
          input:
            options.input === undefined ? resolve(root, dataPlace(root, 'test')) : resolve(options.input),
          // The test rows are a stage's, and have texts.
          ...(options.input === undefined
            ? {}
            : { ...ownColumns(root), onBlank: (line: number) => void blank.push(line) }),
          output,
          batchSize: options.batchSize ?? loadEvaluationConfig(root).batch_size,
          onProgress: (update: Parameters<typeof reporter.update>[0]) => reporter.update(update),
        };
        const { maxNewTokens, temperature, topK, topP } = options;
        // The seed is that of a head without weights: a finetuned model has its own.
        const open = () => openAnyClassifier({ baseModelDir, adapterDir: model, labels, seed: 0 });
        const rows = generates
          ? await predictCompletions({
              ...common,
              settings: {
                ...{ maxNewTokens, temperature, topK, topP },
                seed: options.seed ?? loadBaseConfig(root).seed,
              },
              open: () => openGenerator({ baseModelDir, adapterDir: model }),
            })
          : await (problem === 'single_label_classification'
              ? predictLabels({ ...common, open })
              : predictAnswers({ ...common, problem, open }));
        if (blank.length > 0)
          log(
            `${blank.length} rows without a text have no answer: line ${blank.slice(0, 5).join(', ')}${blank.length > 5 ? ', …' : ''}`,
          );
        reporter.done();
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', stage: 'predict', rows, output })}\n`
            : `${relative(process.cwd(), output)}: ${rows} rows\n`,
        );
      } finally {
        reporter.done();
      }
    });
}
