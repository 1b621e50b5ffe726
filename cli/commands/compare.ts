import { Command } from 'commander';
import { resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';

/** `reprise compare`: whether one model is better than another, by their predictions. */
export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'whether one model is better than another: intervals of the differences, McNemar’s test, and the decision of the gates',
    )
    .argument('[production]', 'predictions of the one: JSON lines of id, label, prediction')
    .argument(
      '[candidate]',
      'predictions of the other, on the same rows; without files: the base, the finetuned model and the one in production',
    )
    .option('--json', 'print one JSON object per event')
    .action(
      async (production: string | undefined, candidate: string | undefined, options: { json?: true }) => {
        const json = options.json ?? false;
        if (production === undefined) return await compareAll(json);
        if (candidate === undefined)
          throw new DiagnosticError('one-file', {
            message: 'two models are compared, and predictions of one are named',
            fix: 'name the other’s too; or none, to compare the base, the finetuned model and the one in production',
          });
        const { compareFiles } = await import('../../promotion/index.js');
        const { describe } = await import('../../workflows/index.js');
        const { localSettings } = await import('../retrain/local-settings.js');
        const { say } = await import('../retrain/say.js');
        const judgement = await compareFiles(
          { path: resolve(production), shown: production },
          { path: resolve(candidate), shown: candidate },
          localSettings(process.cwd()),
        );
        say(json, { event: 'comparison', ...judgement }, describe(judgement));
      },
    );
}

async function compareAll(json: boolean): Promise<void> {
  const { compareModels } = await import('../../promotion/index.js');
  const { findProjectRoot } = await import('../../configs/index.js');
  const { localSettings } = await import('../retrain/local-settings.js');
  const { say } = await import('../retrain/say.js');
  const { comparedLines } = await import('../retrain/compared-lines.js');
  const root = findProjectRoot(process.cwd());
  for (const compared of await compareModels(root, localSettings(root))) {
    const { models } = compared;
    const event = 'judgement' in compared ? compared.judgement : { reason: compared.reason };
    say(json, { event: 'comparison', models, ...event }, comparedLines(compared));
  }
}
