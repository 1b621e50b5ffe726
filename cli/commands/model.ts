import { userInfo } from 'node:os';
import { Command } from 'commander';
import { wholeFlag } from './number-flags.js';

const number = wholeFlag(1);

interface Decision {
  readonly by?: string;
  readonly reason: string;
  readonly json?: true;
}

/** `reprise model`: the models that were registered, and which of them is in production. */
export function modelCommand(): Command {
  return new Command('model')
    .description('the model registry: versions, where they came from, and which of them is in production')
    .addCommand(list())
    .addCommand(show())
    .addCommand(register())
    .addCommand(promote())
    .addCommand(rollback())
    .addCommand(diff())
    .addCommand(card());
}

function list(): Command {
  return new Command('list')
    .description('all versions, the newest first')
    .option('--json', 'print one JSON object per version')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listModels } = await import('../models/list-models.js');
      await listModels(process.cwd(), json);
    });
}

function show(): Command {
  return new Command('show')
    .description('what is known of one: content, data, params, code, run, figures; who promoted it, and why')
    .argument('[version]', 'a number; default: the one in production', number)
    .option('--json', 'print one JSON object')
    .action(async (version: number | undefined, { json = false }: { json?: boolean }) => {
      const { showModel } = await import('../models/show-model.js');
      await showModel(process.cwd(), version, json);
    });
}

function register(): Command {
  return decided(
    new Command('register')
      .description('make the trained model a version, and the candidate; nothing is judged or promoted')
      .option('--model <path>', 'default: retrain.model of .reprise/config.yaml, or the best checkpoint')
      .option('--predictions <path>', 'its answers on the test rows; default: retrain.predictions'),
    'registered by hand',
  ).action(async (options: Decision & { model?: string; predictions?: string }) => {
    const { registerModel } = await import('../models/register-model.js');
    const { json = false, by = userInfo().username, ...rest } = options;
    await registerModel(process.cwd(), { ...rest, by }, json);
  });
}

function promote(): Command {
  return decided(
    new Command('promote')
      .description('make a registered version the one in production; `reprise serve` turns to it')
      .argument('[version]', 'a number; default: the candidate', number),
    'promoted by hand',
  ).action(async (version: number | undefined, options: Decision) => {
    const { promoteVersion } = await import('../models/promote-model.js');
    const { json = false, reason, by = userInfo().username } = options;
    await promoteVersion(process.cwd(), { reason, by, ...(version === undefined ? {} : { version }) }, json);
  });
}

function rollback(): Command {
  return decided(
    new Command('rollback')
      .description('make an earlier model the one in production again; `reprise serve` turns to it')
      .option('--to <version>', 'its number; default: the one that was in production before', number),
    'rolled back',
  ).action(async (options: Decision & { to?: number }) => {
    const { rollBackModel } = await import('../models/roll-back-model.js');
    const { to, reason, by = userInfo().username, json = false } = options;
    await rollBackModel(process.cwd(), { reason, by, ...(to === undefined ? {} : { to }) }, json);
  });
}

function diff(): Command {
  return new Command('diff')
    .description('what two versions differ in: code, data, params, figures')
    .argument('<before>', 'a number', number)
    .argument('<after>', 'a number', number)
    .option('--json', 'print one JSON object')
    .action(async (before: number, after: number, { json = false }: { json?: boolean }) => {
      const { diffModels } = await import('../models/diff-models.js');
      await diffModels(process.cwd(), before, after, json);
    });
}

function card(): Command {
  return new Command('card')
    .description('the model card, in the format of the Hugging Face hub')
    .argument('[version]', 'a number; default: the one in production', number)
    .option('--output <file>', 'write it there')
    .option('--json', 'print one JSON object')
    .action(async (version: number | undefined, options: { output?: string; json?: boolean }) => {
      const { printCard } = await import('../models/print-card.js');
      await printCard(process.cwd(), version, { output: options.output, json: options.json ?? false });
    });
}

/** Of commands that change something: who, and why. */
function decided(command: Command, reason: string): Command {
  return command
    .option('--reason <text>', 'why, for the record', reason)
    .option('--by <name>', 'who; default: the user of this machine')
    .option('--json', 'print one JSON object');
}
