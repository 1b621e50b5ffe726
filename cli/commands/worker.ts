import { Command } from 'commander';
import type { WorkerFlags } from '../runs/worker-flags.js';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';

interface Options extends ConnectionOptions, WorkerFlags {
  project: string;
  git?: string[];
  preemptionUrl?: string;
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
    )
    .option(
      '--git <url>',
      'take runs of this git repository, each in a checkout of its own; a URL that ends in / stands for all below it. May be repeated',
      (url: string, urls: string[] = []) => [...urls, url],
    )
    .option(
      '--slots <n>',
      'how many stages run at once: 4, or cpu=4,gpu=2; default: one a core while the host has room, and one a GPU',
    )
    .option(
      '--preemption-url <url>',
      'leave when this says that the host is taken back: aws, gcp, azure, or a URL that then answers 200',
    )
    .option('--host-id <id>', 'names this host; default: the one kept in .reprise/host.json')
    .option('--build-id <id>', 'makes this a versioned worker: a run stays with the build that began it')
    .option('--deployment <name>', 'the worker deployment that the build belongs to; default: reprise')
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (options: Options) => {
    const { readWorkerFlags } = await import('../runs/worker-flags.js');
    const workers = readWorkerFlags(options);
    const { noticeSource } = await import('../../workers/index.js');
    const { serveProject } = await import('../runs/serve-project.js');
    await serveProject({
      folder: options.project,
      workers: { ...workers, ...(options.git === undefined ? {} : { repositories: options.git }) },
      connection: options,
      json: options.json ?? false,
      ...(options.preemptionUrl === undefined ? {} : { preemption: noticeSource(options.preemptionUrl) }),
    });
  });
}
