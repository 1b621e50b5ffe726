import { lstat, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { DiagnosticError } from '../../diagnostics/index.js';
import { createProgressReporter } from '../progress/index.js';

interface DownloadOptions {
  readonly revision?: string;
  readonly link?: string;
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
    .argument(
      '[name]',
      'a name on the hub (gpt2, resnet50), a folder, or a file of weights; default: the model that the project finetunes',
    )
    .option(
      '--revision <name>',
      'a branch, tag or commit on the hub; default: main, or what the project says',
    )
    .option('--link <folder>', 'make a link to it in this folder, and print that')
    .option('--json', 'print one JSON object per event')
    .action(async (given: string | undefined, { json = false, ...flags }: DownloadOptions) => {
      const reporter = createProgressReporter({ json });
      try {
        const { describePretrained, resolvePretrained } = await import('../../finetuning/index.js');
        const { name, revision, root } = await wanted(given, flags.revision);
        const folder = await resolvePretrained(name, {
          revision,
          ...(root === undefined ? {} : { root }),
          log: (line) => reporter.log(line),
          onProgress: (step, total, file) => reporter.update({ step, total, message: file }),
        });
        const { commit, files } = describePretrained(folder);
        const link = flags.link === undefined ? undefined : await linkTo(folder, flags.link, name);
        reporter.done();
        process.stdout.write(
          json
            ? `${JSON.stringify({ event: 'result', model: name, folder, ...(link === undefined ? {} : { link }), ...(commit === undefined ? {} : { revision: commit }), files })}\n`
            : `${link ?? folder}\n`,
        );
      } finally {
        reporter.done();
      }
    });
}

/** What is asked for; without a name, what the project around us finetunes. */
async function wanted(name: string | undefined, revision: string | undefined) {
  if (name !== undefined) return { name, revision: revision ?? 'main' };
  const { findProjectRoot, loadFinetuningConfig } = await import('../../configs/index.js');
  const root = findProjectRoot(process.cwd());
  const { model_name, model_revision } = loadFinetuningConfig(root);
  return { name: model_name, revision: revision ?? model_revision, root };
}

/**
 * In place of a link of that name, but of nothing else.
 *
 * @returns its path, as it was given
 * @throws DiagnosticError `not-a-link`
 */
async function linkTo(target: string, folder: string, model: string): Promise<string> {
  const name = /^[\w.-]+(\/[\w.-]+)?$/.test(model) ? model.replace('/', '--') : basename(model);
  const link = join(folder, name);
  const there = await lstat(link).catch(() => undefined);
  if (there && !there.isSymbolicLink())
    throw new DiagnosticError('not-a-link', {
      message: `${link} is there already, and is no link`,
      at: { file: link },
      fix: 'move it away, or name another folder',
    });
  await mkdir(folder, { recursive: true });
  const beside = `${link}.${process.pid}.part`;
  await rm(beside, { force: true });
  await symlink(resolve(target), beside, 'dir');
  await rename(beside, link);
  return link;
}
