import { Command } from 'commander';

/** `reprise schemas`: what editors check a project's YAML files by. */
export function schemasCommand(): Command {
  return new Command('schemas')
    .description("write the JSON Schemas that editors check a project's YAML files by, or renew them")
    .argument('[folder]', "the project's", '.')
    .option('--json', 'print one JSON object')
    .action(async (folder: string, options: { json?: true }) => {
      const { SCHEMAS, writeSchemas } = await import('../init/index.js');
      const written = await writeSchemas(folder);
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ event: 'result', written })}\n`);
        return;
      }
      const lines = written.map((path) => `  ${path}\n`).join('');
      process.stdout.write(
        written.length > 0
          ? `${lines}name one in a file's first line: # yaml-language-server: $schema=${SCHEMAS}/dvc.schema.json\n`
          : 'they are as this version has them; nothing was changed\n',
      );
    });
}
