import { Command } from 'commander';
import { resolve } from 'node:path';

/** `reprise compare`: whether one model is better than another, by their predictions. */
export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'whether one model is better than another: intervals of the differences, and the decision of the gates',
    )
    .argument('<production>', 'predictions of the one: JSON lines of id, label, prediction')
    .argument('<candidate>', 'predictions of the other, on the same rows')
    .option('--json', 'print one JSON object per event')
    .action(async (production: string, candidate: string, options: { json?: true }) => {
      const { compareFiles } = await import('../../promotion/index.js');
      const { describe } = await import('../../workflows/index.js');
      const { localSettings } = await import('../retrain/local-settings.js');
      const { say } = await import('../retrain/say.js');
      const settings = localSettings(process.cwd());
      const judgement = await compareFiles(
        { path: resolve(production), shown: production },
        { path: resolve(candidate), shown: candidate },
        settings,
      );
      say(options.json ?? false, { event: 'comparison', ...judgement }, describe(judgement));
    });
}
