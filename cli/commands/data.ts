import { Command } from 'commander';
import { createProgressReporter, type ProgressReporter } from '../progress/index.js';

/** `reprise data ingest|preprocess|prepare`: the data stages of a finetuning project. None needs the native library. */
export function dataCommand(): Command {
  return new Command('data')
    .description('bring, clean and split the data of a finetuning project')
    .addCommand(ingestCommand())
    .addCommand(preprocessCommand())
    .addCommand(prepareCommand());
}

function ingestCommand(): Command {
  return new Command('ingest')
    .description('bring the source that configs/data_config.yaml names to data/raw')
    .option('--force', 'replace raw data that was not brought by this command, or was changed since')
    .option('--json', 'print one JSON object per event')
    .action((options: { force?: boolean; json?: boolean }) =>
      reported(options, async (reporter) => {
        const { root, config } = await project();
        const { ingest } = await import('../../finetuning/data/index.js');
        const { changed, provenance } = await ingest({
          root,
          config: config.ingestion,
          force: options.force ?? false,
          openBucket: async (bucket) => {
            const { openS3Store } = await import('../../storage/index.js');
            return openS3Store({ bucket, prefix: '' });
          },
          onProgress: (update) => reporter.update(update),
          log: (line) => reporter.log(line),
        });
        const bytes = provenance.files.reduce((sum, file) => sum + file.bytes, 0);
        return {
          text: changed
            ? `data/raw: ${provenance.files.length} files, ${bytes} bytes from ${provenance.source}`
            : `data/raw already holds ${provenance.source}, unchanged`,
          result: { stage: 'ingest', changed, files: provenance.files.length, bytes },
        };
      }),
    );
}

function preprocessCommand(): Command {
  return new Command('preprocess')
    .description('clean data/raw into data/processed, without duplicates')
    .option('--json', 'print one JSON object per event')
    .action((options: { json?: boolean }) =>
      reported(options, async (reporter) => {
        const { root, config, places } = await project();
        const { preprocess } = await import('../../finetuning/data/index.js');
        const report = await preprocess({
          root,
          config: config.preprocessing,
          places,
          onProgress: (update) => reporter.update(update),
        });
        const labels = Object.keys(report.labels).length;
        const dropped = Object.entries(report.dropped)
          .filter(([, count]) => count > 0)
          .map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`);
        return {
          text: `data/processed: ${report.written} of ${report.read} records${dropped.length > 0 ? ` (${dropped.join(', ')})` : ''}${labels > 0 ? `, ${labels} labels` : ''}`,
          result: { stage: 'preprocess', ...report },
        };
      }),
    );
}

function prepareCommand(): Command {
  return new Command('prepare')
    .description('split data/processed into data/finetuning/{train,val,test}.jsonl')
    .option('--json', 'print one JSON object per event')
    .action((options: { json?: boolean }) =>
      reported(options, async (reporter) => {
        const { root, config } = await project();
        const { loadBaseConfig } = await import('../../configs/index.js');
        const { seed, task } = loadBaseConfig(root);
        const { prepare } = await import('../../finetuning/data/index.js');
        const sizes = await prepare({
          root,
          config: config.preparation,
          seed,
          task,
          onProgress: (update) => reporter.update(update),
        });
        return {
          text: `data/finetuning: ${sizes.train} train, ${sizes.val} val, ${sizes.test} test rows${sizes.labels.length > 0 ? ` of ${sizes.labels.length} labels` : ''}${sizes.unused > 0 ? ` (${sizes.unused} unused)` : ''}`,
          result: { stage: 'prepare', ...sizes },
        };
      }),
    );
}

async function project() {
  const { findProjectRoot, readDataConfig } = await import('../../configs/index.js');
  const root = findProjectRoot(process.cwd());
  return { root, ...readDataConfig(root) };
}

/** Runs a stage with progress, and prints what came out: a line for a person, or a `result` event. */
async function reported(
  options: { readonly json?: boolean },
  stage: (reporter: ProgressReporter) => Promise<{ readonly text: string; readonly result: object }>,
): Promise<void> {
  const reporter = createProgressReporter({ json: options.json ?? false });
  try {
    const { text, result } = await stage(reporter);
    reporter.done();
    process.stdout.write(`${options.json ? JSON.stringify({ event: 'result', ...result }) : text}\n`);
  } finally {
    reporter.done();
  }
}
