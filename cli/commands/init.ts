import { relative } from 'node:path';
import { Command } from 'commander';

/** `reprise init`: lays out a finetuning project. */
export function initCommand(): Command {
  return new Command('init')
    .description('lay out a finetuning project: a git and DVC project with a five-stage pipeline')
    .argument('[folder]', 'where; made if it does not exist', '.')
    .option('--force', 'replace files of the same name')
    .option('--no-commit', 'make no first commit in a new repository')
    .option('--json', 'print one JSON object')
    .action(async (folder: string, options: { force?: boolean; commit: boolean; json?: boolean }) => {
      const { initProject } = await import('../init/index.js');
      const result = await initProject({ folder, force: options.force ?? false, commit: options.commit });
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
        `next: ${shown === '.' ? '' : `cd ${shown} && `}reprise repro`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}
