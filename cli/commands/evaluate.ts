import { Command } from 'commander';
import { createProgressReporter } from '../progress/index.js';

/** `reprise evaluate`: the base model beside the finetuned one on the test rows. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description(
      'compare the base and the finetuned model on the test rows: metrics.json, reports/ and plots/',
    )
    .option('--test <path>', 'rows, or a folder of pictures by label; default: data/finetuning/test.jsonl')
    .option(
      '--train <path>',
      'rows that training saw, which have all labels; default: data/finetuning/train.jsonl',
    )
    .option('--json', 'print one JSON object per event')
    .action(async (options: { json?: boolean; test?: string; train?: string }) => {
      const json = options.json ?? false;
      const reporter = createProgressReporter({ json });
      try {
        const { openEvaluation } = await import('../evaluate/open-evaluation.js');
        const { evaluateClassifiers } = await import('../evaluate/classifiers.js');
        const { evaluateLanguageModels } = await import('../evaluate/language-models.js');
        const evaluation = await openEvaluation(options, (line) => reporter.log(line));
        const told = await (evaluation.generates ? evaluateLanguageModels : evaluateClassifiers)(
          evaluation,
          (update) => reporter.update(update),
        );
        reporter.done();
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', stage: 'evaluate', ...told.result })}\n`
            : `${told.summary}metrics.json, reports/report.html\n`,
        );
      } finally {
        reporter.done();
      }
    });
}
