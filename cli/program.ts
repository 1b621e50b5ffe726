import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { compareCommand } from './commands/compare.js';
import { dataCommand } from './commands/data.js';
import { doctorCommand } from './commands/doctor.js';
import { evaluateCommand } from './commands/evaluate.js';
import { fetchCommand } from './commands/fetch.js';
import { finetuneCommand } from './commands/finetune.js';
import { initCommand } from './commands/init.js';
import { mergeCommand } from './commands/merge.js';
import { pretrainedCommand } from './commands/pretrained.js';
import { pullCommand } from './commands/pull.js';
import { pushCommand } from './commands/push.js';
import { remoteCommand } from './commands/remote.js';
import { reproCommand } from './commands/repro.js';
import { runsCommand } from './commands/runs/index.js';
import { predictCommand } from './commands/predict.js';
import { retrainCommand } from './commands/retrain.js';
import { scheduleCommand } from './commands/schedule/index.js';
import { setupCommand } from './commands/setup.js';
import { sweepCommand } from './commands/sweep.js';
import { trackingCommand } from './commands/tracking.js';
import { uiCommand } from './commands/ui.js';
import { watchCommand } from './commands/watch.js';
import { workerCommand } from './commands/worker.js';
import { workersCommand } from './commands/workers.js';

/** Every command, by file. What a command needs is imported when it runs: `reprise --help` is to answer at once. */
export function createProgram(): Command {
  const program = new Command('reprise')
    .description('durable DVC pipelines and model finetuning, on Temporal')
    .version(version(), '-V, --version')
    .addCommand(initCommand())
    .addCommand(reproCommand())
    .addCommand(pushCommand())
    .addCommand(fetchCommand())
    .addCommand(pullCommand())
    .addCommand(remoteCommand())
    .addCommand(runsCommand())
    .addCommand(retrainCommand())
    .addCommand(scheduleCommand())
    .addCommand(watchCommand())
    .addCommand(sweepCommand())
    .addCommand(workerCommand())
    .addCommand(workersCommand())
    .addCommand(uiCommand())
    .addCommand(dataCommand())
    .addCommand(pretrainedCommand())
    .addCommand(finetuneCommand())
    .addCommand(evaluateCommand())
    .addCommand(compareCommand())
    .addCommand(predictCommand())
    .addCommand(mergeCommand())
    .addCommand(trackingCommand())
    .addCommand(setupCommand())
    .addCommand(doctorCommand());
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
