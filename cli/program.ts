import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';

/** By name, in the order of the help text. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.js')).initCommand(),
  repro: async () => (await import('./commands/repro.js')).reproCommand(),
  push: async () => (await import('./commands/push.js')).pushCommand(),
  fetch: async () => (await import('./commands/fetch.js')).fetchCommand(),
  pull: async () => (await import('./commands/pull.js')).pullCommand(),
  remote: async () => (await import('./commands/remote.js')).remoteCommand(),
  runs: async () => (await import('./commands/runs/index.js')).runsCommand(),
  retrain: async () => (await import('./commands/retrain.js')).retrainCommand(),
  schedule: async () => (await import('./commands/schedule/index.js')).scheduleCommand(),
  watch: async () => (await import('./commands/watch.js')).watchCommand(),
  sweep: async () => (await import('./commands/sweep.js')).sweepCommand(),
  worker: async () => (await import('./commands/worker.js')).workerCommand(),
  workers: async () => (await import('./commands/workers.js')).workersCommand(),
  ui: async () => (await import('./commands/ui.js')).uiCommand(),
  data: async () => (await import('./commands/data.js')).dataCommand(),
  pretrained: async () => (await import('./commands/pretrained.js')).pretrainedCommand(),
  finetune: async () => (await import('./commands/finetune.js')).finetuneCommand(),
  evaluate: async () => (await import('./commands/evaluate.js')).evaluateCommand(),
  compare: async () => (await import('./commands/compare.js')).compareCommand(),
  predict: async () => (await import('./commands/predict.js')).predictCommand(),
  merge: async () => (await import('./commands/merge.js')).mergeCommand(),
  model: async () => (await import('./commands/model.js')).modelCommand(),
  serve: async () => (await import('./commands/serve.js')).serveCommand(),
  deploy: async () => (await import('./commands/deploy.js')).deployCommand(),
  tracking: async () => (await import('./commands/tracking.js')).trackingCommand(),
  schemas: async () => (await import('./commands/schemas.js')).schemasCommand(),
  completion: async () => (await import('./commands/completion.js')).completionCommand(createProgram),
  setup: async () => (await import('./commands/setup.js')).setupCommand(),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
};

/**
 * The command that is asked for, or all of them: for a help text, and for a name that is none. What nobody asks for is not loaded,
 * and what a command needs is imported when it runs.
 *
 * @param args as the user gave them
 */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('reprise')
    .description('durable DVC pipelines and model finetuning, on Temporal')
    .version(version(), '-V, --version');
  for (const name of needed(args[0])) {
    const command = await COMMANDS[name]?.();
    if (command) program.addCommand(command);
  }
  program.addHelpText(
    'after',
    `
Environment:
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_PROFILE, …
                       a Temporal server of yours; without one, the project's own is started
  REPRISE_DEBUG=1      show where an error came from`,
  );
  overrideExit(program);
  return program;
}

function needed(first: string | undefined): readonly string[] {
  if (first === '-V' || first === '--version') return [];
  return first !== undefined && Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
}

/** Errors come to `main.ts`, which alone decides how the process ends. */
function overrideExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) overrideExit(child);
}

function version(): string {
  // Beside `cli/` when the sources run, one folder further up from `dist/cli/`.
  const files = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  const file = files.find((url) => existsSync(url));
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'unknown';
}
