import { userInfo } from 'node:os';
import { Command } from 'commander';
import { wholeFlag } from './number-flags.js';

/** `reprise model`: the models that were promoted, and which of them is in production. */
export function modelCommand(): Command {
  return new Command('model')
    .description(
      'the models that were promoted: list them, look at one, make an earlier one the one in production',
    )
    .addCommand(list())
    .addCommand(show())
    .addCommand(rollback());
}

function list(): Command {
  return new Command('list')
    .description('all promoted models, the newest first')
    .option('--json', 'print one JSON object per model')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listModels } = await import('../models/promoted-models.js');
      await listModels(process.cwd(), json);
    });
}

function show(): Command {
  return new Command('show')
    .description(
      'what is known of one: its content, and of the one in production also who promoted it, why, and its figures',
    )
    .argument('[version]', 'a number; default: the one in production', wholeFlag(1))
    .option('--json', 'print one JSON object')
    .action(async (version: number | undefined, { json = false }: { json?: boolean }) => {
      const { showModel } = await import('../models/promoted-models.js');
      await showModel(process.cwd(), version, json);
    });
}

function rollback(): Command {
  return new Command('rollback')
    .description('make an earlier model the one in production again; `reprise serve` turns to it')
    .option('--to <version>', 'its number; default: the one that was in production before', wholeFlag(1))
    .option('--reason <text>', 'why, for production.json', 'rolled back')
    .option('--by <name>', 'who; default: the user of this machine')
    .option('--json', 'print one JSON object')
    .action(async (options: { to?: number; reason: string; by?: string; json?: boolean }) => {
      const { rollBackModel } = await import('../models/promoted-models.js');
      const { to, reason, by = userInfo().username, json = false } = options;
      await rollBackModel(process.cwd(), { reason, by, ...(to === undefined ? {} : { to }) }, json);
    });
}
