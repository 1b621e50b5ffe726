import { relative } from 'node:path';
import { Command } from 'commander';

interface InitFlags {
  readonly task?: string;
  readonly data?: string;
  readonly problemType?: string;
  readonly force?: boolean;
  readonly commit: boolean;
  readonly json?: boolean;
}

/** `reprise init`: lays out a finetuning project. */
export function initCommand(): Command {
  return new Command('init')
    .description('lay out a finetuning project: a git and DVC project with a five-stage pipeline')
    .argument('[folder]', 'where; made if it does not exist', '.')
    .option('--task <task>', 'text-classification (the default), causal-lm or image-classification')
    .option('--data <source>', 'your own: a path, or npm:, pypi:, https:, s3: or hf: as in docs/data.md')
    .option(
      '--problem-type <type>',
      'what is said of each text of --data: regression, multi_label_classification, or single_label_classification (the default)',
    )
    .option('--force', 'replace files of the same name')
    .option('--no-commit', 'make no first commit in a new repository')
    .option('--json', 'print one JSON object')
    .action(async (folder: string, options: InitFlags) => {
      const { askForProject, asTask, initProject } = await import('../init/index.js');
      const asked = (options.task ?? options.data ?? options.problemType) === undefined && !options.json;
      const given = {
        ...(options.task === undefined ? {} : { task: asTask(options.task) }),
        ...(options.data === undefined ? {} : { data: options.data }),
        ...(options.problemType === undefined ? {} : { problemType: options.problemType }),
      };
      const answers = asked && process.stdin.isTTY && process.stderr.isTTY ? await askForProject() : given;
      const result = await initProject({
        folder,
        ...answers,
        force: options.force ?? false,
        commit: options.commit,
      });
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ event: 'result', ...result })}\n`);
        return;
      }
      const shown = relative(process.cwd(), result.folder) || '.';
      const { fields, notAmong } = result.fields ?? {};
      const toCorrect =
        fields && notAmong
          ? [
              `correct preprocessing.fields in configs/data_config.yaml: it has ${Object.entries(fields)
                .map(([role, name]) => `${role}: ${name}`)
                .join(', ')}, and the columns of the data are ${notAmong.join(', ')}`,
            ]
          : [];
      const lines = [
        ...result.written.map((path) => `  ${path}`),
        result.written.length > 0
          ? `${shown}: ${result.written.length} files laid out${result.gitInit ? ', in a new git repository' : ''}${result.committed ? ' with a first commit' : ''}`
          : `${shown} is laid out already; nothing was changed`,
        ...toCorrect,
        `next: ${shown === '.' ? '' : `cd ${shown} && `}reprise repro`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}
