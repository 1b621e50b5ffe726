import { existsSync } from 'node:fs';
import { relative, join, resolve } from 'node:path';
import { Command } from 'commander';
import { noModel } from '../models/no-model.js';
import type { MergeOptions, MergeResult } from '../../finetuning/index.js';
import { createProgressReporter } from '../progress/index.js';

interface Flags {
  readonly output: string;
  readonly base?: string;
  readonly data?: string;
  readonly json?: true;
}

/** `reprise merge`: LoRA worked into its base, for whatever loads a model of transformers'. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('work a LoRA adapter into its base model; says how far the logits move')
    .argument('[adapter]', 'the adapter’s folder (default: models/checkpoints/best_model)')
    .requiredOption('--output <folder>', 'gets the whole model, and merge.json')
    .option('--base <model>', 'a folder or a name on the hub, in place of the one that the adapter names')
    .option(
      '--data <file>',
      'rows to compare the logits on (default: the test or validation rows, or random inputs)',
    )
    .option('--json', 'print one JSON object per event')
    .action(async (adapter: string | undefined, flags: Flags) => {
      const json = flags.json ?? false;
      const reporter = createProgressReporter({ json });
      try {
        const output = resolve(flags.output);
        const result = await merge(adapter, output, flags, (line) => reporter.log(line));
        reporter.done();
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', stage: 'merge', output, ...result })}\n`
            : `${relative(process.cwd(), output) || '.'}: ${summary(result)}\n`,
        );
      } finally {
        reporter.done();
      }
    });
}

async function merge(
  adapter: string | undefined,
  outputDir: string,
  flags: Flags,
  log: (line: string) => void,
): Promise<MergeResult> {
  const { findProjectRoot, projectLayout } = await import('../../configs/index.js');
  const { mergeAdapter, readAdapterBase, resolvePretrained } = await import('../../finetuning/index.js');
  const root = flags.data === undefined ? projectRoot(findProjectRoot) : findProjectRoot(process.cwd());
  const adapterDir = adapter === undefined ? join(root ?? '.', projectLayout.bestModel) : resolve(adapter);
  if (!existsSync(adapterDir)) throw noModel(relative(process.cwd(), adapterDir), '');
  const base =
    flags.base === undefined ? readAdapterBase(adapterDir) : { name: flags.base, revision: 'main' };
  const baseModelDir = await resolvePretrained(base.name, {
    revision: base.revision,
    log,
    ...(root === undefined ? {} : { root }),
  });
  const data = root === undefined ? undefined : await rowsOf(root, flags.data);
  return mergeAdapter({ adapterDir, baseModelDir, outputDir, ...(data ? { data } : {}) });
}

/** An adapter can be merged outside of any project, too. */
function projectRoot(find: (from: string) => string): string | undefined {
  try {
    return find(process.cwd());
  } catch {
    return undefined;
  }
}

async function rowsOf(root: string, given: string | undefined): Promise<MergeOptions['data']> {
  const { loadFinetuningConfig, projectLayout } = await import('../../configs/index.js');
  const usual = [projectLayout.test, projectLayout.val].map((path) => join(root, path)).find(existsSync);
  const file = given === undefined ? usual : resolve(given);
  return file === undefined
    ? undefined
    : { file: relative(process.cwd(), file), config: loadFinetuningConfig(root) };
}

function summary({ inputs, rows, max_abs, max_relative, same_answer }: MergeResult): string {
  return (
    `on ${inputs} the logits move by at most ${max_abs.toExponential(1)}, ` +
    `${max_relative.toExponential(1)} of their row’s largest; ` +
    `${same_answer} of ${rows} rows have the same answer`
  );
}
