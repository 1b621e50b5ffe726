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
        const { evaluateOtherHeads } = await import('../evaluate/other-heads.js');
        const { evaluateLanguageModels } = await import('../evaluate/language-models.js');
        const { unwrittenPlots } = await import('../evaluate/unwritten-plots.js');
        const { evaluationTracking, trackEvaluation } = await import('../tracking/track-evaluation.js');
        const log = (line: string): void => reporter.log(line);
        const evaluation = await openEvaluation(options, log);
        const { root, files } = evaluation;
        const tracking = await evaluationTracking(root);
        const evaluateModels = evaluation.generates
          ? evaluateLanguageModels
          : evaluation.problem === 'single_label_classification'
            ? evaluateClassifiers
            : evaluateOtherHeads;
        const told = await evaluateModels(evaluation, (update) => reporter.update(update));
        if (tracking) await trackEvaluation({ root, setting: tracking, test: files.test, log }, told.tracked);
        const unwritten = unwrittenPlots(root);
        if (unwritten !== undefined) log(unwritten);
        reporter.done();
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', stage: 'evaluate', ...told.result, doubts: told.doubts })}\n`
            : `${told.summary}${told.doubts.map((doubt) => `warning: ${doubt}\n`).join('')}metrics.json, ${told.report}\n`,
        );
      } finally {
        reporter.done();
      }
    });
}
