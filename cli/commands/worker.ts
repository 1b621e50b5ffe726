import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';

interface Options extends ConnectionOptions {
  project: string;
  labels?: string[];
  slots?: number;
  git?: string[];
  json?: true;
}

/** `reprise worker`: serves a project's runs until it is told to stop. */
export function workerCommand(): Command {
  const command = new Command('worker')
    .description('serve runs of a project: its stages run here')
    .option('--project <folder>', 'the folder that is served; runs may use what is inside it', '.')
    .option(
      '--labels <labels>',
      'labels that this host serves, separated by commas; `gpu` is found by itself',
      labels,
    )
    .option('--slots <n>', 'stages without a GPU that run at once; default: one a core', Number)
    .option(
      '--git <url>',
      'take runs of this git repository, each in a checkout of its own; a URL that ends in / stands for all below it. May be repeated',
      (url: string, urls: string[] = []) => [...urls, url],
    )
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (options: Options) => {
    const { serveProject } = await import('../runs/serve-project.js');
    await serveProject({
      folder: options.project,
      labels: options.labels ?? [],
      ...(options.slots === undefined ? {} : { slots: options.slots }),
      ...(options.git === undefined ? {} : { repositories: options.git }),
      connection: options,
      json: options.json ?? false,
    });
  });
}

const labels = (text: string): string[] =>
  text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
