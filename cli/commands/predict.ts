import { resolve } from 'node:path';
import { Command } from 'commander';
import { createProgressReporter } from '../progress/index.js';

interface Options {
  model?: string;
  output?: string;
  json?: true;
}

/** `reprise predict`: one finetuned model's answers on the test rows. Retraining asks the model in production so. */
export function predictCommand(): Command {
  return new Command('predict')
    .description('let a finetuned model answer the test rows')
    .option('--model <folder>', 'the model (REPRISE_MODEL); default: models/checkpoints/best_model')
    .option('--output <file>', 'JSON lines to write (REPRISE_PREDICTIONS); default: predictions.jsonl')
    .option('--json', 'print one JSON object per event')
    .action(async (options: Options) => {
      const json = options.json ?? false;
      const reporter = createProgressReporter({ json });
      try {
        const { findProjectRoot, loadEvaluationConfig, projectLayout } =
          await import('../../configs/index.js');
        const { openAnyClassifier, predictTestSet, readFinetunedFolder, resolvePretrained } =
          await import('../../finetuning/index.js');
        const root = findProjectRoot(process.cwd());
        const { env } = process;
        const model = resolve(root, options.model ?? env['REPRISE_MODEL'] ?? projectLayout.bestModel);
        const output = resolve(root, options.output ?? env['REPRISE_PREDICTIONS'] ?? 'predictions.jsonl');
        const { labels, base } = readFinetunedFolder(model);
        const log = (line: string): void => reporter.log(line);
        const baseModelDir = base
          ? await resolvePretrained(base.name, { revision: base.revision, root, log })
          : model;
        const rows = await predictTestSet({
          root,
          output,
          batchSize: loadEvaluationConfig(root).batch_size,
          // The seed is that of a head without weights: a finetuned model has its own.
          open: () => openAnyClassifier({ baseModelDir, adapterDir: model, labels, seed: 0 }),
          onProgress: (update) => reporter.update(update),
        });
        reporter.done();
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', stage: 'predict', rows, output })}\n`
            : `${output}: ${rows} rows\n`,
        );
      } finally {
        reporter.done();
      }
    });
}
