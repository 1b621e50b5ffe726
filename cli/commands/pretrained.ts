import { Command } from 'commander';
import { createProgressReporter } from '../progress/index.js';

interface DownloadOptions {
  readonly revision: string;
  readonly json?: boolean;
}

/** `reprise pretrained`: models before they are finetuned. */
export function pretrainedCommand(): Command {
  return new Command('pretrained')
    .description('bring pretrained models to this host')
    .addCommand(downloadCommand());
}

function downloadCommand(): Command {
  return new Command('download')
    .description(
      "fetch a model into the Hugging Face cache, or check one's files; a training does it by itself",
    )
    .argument('<name>', 'a name on the hub (gpt2, resnet50), a folder, or a file of weights')
    .option('--revision <name>', 'a branch, tag or commit on the hub', 'main')
    .option('--json', 'print one JSON object per event')
    .action(async (name: string, { revision, json = false }: DownloadOptions) => {
      const reporter = createProgressReporter({ json });
      try {
        const { describePretrained, resolvePretrained } = await import('../../finetuning/index.js');
        const folder = await resolvePretrained(name, {
          revision,
          log: (line) => reporter.log(line),
          onProgress: (step, total, file) => reporter.update({ step, total, message: file }),
        });
        const { commit, files } = describePretrained(folder);
        reporter.done();
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', model: name, folder, ...(commit === undefined ? {} : { revision: commit }), files })}\n`
            : `${folder}\n`,
        );
      } finally {
        reporter.done();
      }
    });
}
