import { relative } from 'node:path';
import { Command } from 'commander';

interface InitFlags {
  readonly task?: string;
  readonly data?: string;
  readonly problemType?: string;
  readonly field?: readonly string[];
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
    .option(
      '--field <role=column>',
      'which column of --data is what: text=review, label=stars, prompt=question …; once for each',
      (field: string, before: readonly string[] = []) => [...before, field],
    )
    .option('--force', 'replace files of the same name')
    .option('--no-commit', 'make no first commit in a new repository')
    .option('--json', 'print one JSON object')
    .action(async (folder: string, options: InitFlags) => {
      const { askForFields, askForProject, asTask, fieldsLines, initProject, openTerminal } =
        await import('../init/index.js');
      const { task, data, problemType, field } = options;
      const isTerminal = process.stdin.isTTY && process.stderr.isTTY && !options.json;
      const asked = isTerminal && (task ?? data ?? problemType ?? field) === undefined;
      const given = {
        ...(task === undefined ? {} : { task: asTask(task) }),
        ...(data === undefined ? {} : { data }),
        ...(problemType === undefined ? {} : { problemType }),
        ...(field === undefined ? {} : { fields: field }),
      };
      const terminal = openTerminal();
      const { ask } = terminal;
      const result = await (async () => {
        try {
          return await initProject({
            folder,
            ...(asked ? await askForProject(ask) : given),
            ...(isTerminal ? { askForFields: (sample, likely) => askForFields(ask, sample, likely) } : {}),
            force: options.force ?? false,
            commit: options.commit,
          });
        } finally {
          terminal.close();
        }
      })();
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ event: 'result', ...result })}\n`);
        return;
      }
      const shown = relative(process.cwd(), result.folder) || '.';
      const lines = [
        ...result.written.map((path) => `  ${path}`),
        result.written.length > 0
          ? `${shown}: ${result.written.length} files laid out${result.gitInit ? ', in a new git repository' : ''}${result.committed ? ' with a first commit' : ''}`
          : `${shown} is laid out already; nothing was changed`,
        ...(result.fields ? fieldsLines(result.fields) : []),
        `next: ${shown === '.' ? '' : `cd ${shown} && `}reprise repro`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}
