import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { ModelBranch } from '../models/branch-registry.js';
import { gitPlaceOf, withGitOptions, type GitOptions } from './git-options.js';
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
  const command = onRevision(new Command('list').description('all versions, the newest first'));
  return command
    .option('--json', 'print one JSON object per version')
    .action(async (options: GitOptions & { json?: true }) => {
      const { listModels } = await import('../models/list-models.js');
      await listModels(process.cwd(), options.json ?? false, gitPlaceOf(options, command));
    });
}

function show(): Command {
  const command = onRevision(
    new Command('show')
      .description(
        'what is known of one: content, data, params, code, run, figures; who promoted it, and why',
      )
      .argument('[version]', 'a number; default: the one in production', number),
  );
  return command
    .option('--json', 'print one JSON object')
    .action(async (version: number | undefined, options: GitOptions & { json?: true }) => {
      const { showModel } = await import('../models/show-model.js');
      await showModel(process.cwd(), version, options.json ?? false, gitPlaceOf(options, command));
    });
}

function register(): Command {
  const command = onBranch(
    new Command('register')
      .description('make the trained model a version, and the candidate; nothing is judged or promoted')
      .option('--model <path>', 'default: retrain.model of .reprise/config.yaml, or the best checkpoint')
      .option('--predictions <path>', 'its answers on the test rows; default: retrain.predictions'),
  );
  return decided(command, 'registered by hand').action(
    async (options: Decision & GitOptions & { model?: string; predictions?: string }) => {
      const branch = branchOf(options, command);
      const { registerModel } = await import('../models/register-model.js');
      const { json = false, reason, by = userInfo().username, model, predictions } = options;
      const named = {
        ...(model === undefined ? {} : { model }),
        ...(predictions === undefined ? {} : { predictions }),
      };
      await registerModel(process.cwd(), { ...named, reason, by }, json, branch);
    },
  );
}

function promote(): Command {
  const command = onBranch(
    new Command('promote')
      .description('make a registered version the one in production; `reprise serve` turns to it')
      .argument('[version]', 'a number; default: the candidate', number),
  );
  return decided(command, 'promoted by hand').action(
    async (version: number | undefined, options: Decision & GitOptions) => {
      const branch = branchOf(options, command);
      const { promoteVersion } = await import('../models/promote-model.js');
      const { json = false, reason, by = userInfo().username } = options;
      const wanted = version === undefined ? {} : { version };
      await promoteVersion(process.cwd(), { ...wanted, reason, by }, json, branch);
    },
  );
}

const WHERE = {
  git: 'of a git repository, of which nothing need be here',
  asOf: false,
  conflicts: [],
} as const;

/** Of commands that look. */
function onRevision(command: Command, remote = false): Command {
  return withGitOptions(command, { ...WHERE, remote });
}

/** Of commands that change something. */
function onBranch(command: Command): Command {
  const branch = 'branch whose dvc.lock and models it is about, and which gets the commit';
  return withGitOptions(command, { ...WHERE, branch, rev: false });
}

function branchOf(options: GitOptions, command: Command): ModelBranch | undefined {
  const place = gitPlaceOf(options, command, true);
  return place && { ...place, branch: place.branch ?? '' };
}

function rollback(): Command {
  const command = onBranch(
    new Command('rollback')
      .description('make an earlier model the one in production again; `reprise serve` turns to it')
      .option('--to <version>', 'its number; default: the one that was in production before', number),
  );
  return decided(command, 'rolled back').action(async (options: Decision & GitOptions & { to?: number }) => {
    const branch = branchOf(options, command);
    const { rollBackModel } = await import('../models/roll-back-model.js');
    const { to, reason, by = userInfo().username, json = false } = options;
    const named = to === undefined ? {} : { to };
    await rollBackModel(process.cwd(), { reason, by, ...named }, json, branch);
  });
}

function diff(): Command {
  const command = onRevision(
    new Command('diff')
      .description('what two versions differ in: code, data, params, figures')
      .argument('<before>', 'a number', number)
      .argument('<after>', 'a number', number),
  );
  return command
    .option('--json', 'print one JSON object')
    .action(async (before: number, after: number, options: GitOptions & { json?: true }) => {
      const revision = gitPlaceOf(options, command);
      const { diffModels } = await import('../models/diff-models.js');
      await diffModels(process.cwd(), [before, after], options.json ?? false, revision);
    });
}

function card(): Command {
  const command = onRevision(
    new Command('card')
      .description('the model card, in the format of the Hugging Face hub')
      .argument('[version]', 'a number; default: the one in production', number),
    true,
  );
  return command
    .option('--output <file>', 'write it there')
    .option('--json', 'print one JSON object')
    .action(async (version: number | undefined, options: GitOptions & { output?: string; json?: true }) => {
      const { output, json = false } = options;
      const revision = gitPlaceOf(options, command);
      const { printCard } = await import('../models/print-card.js');
      await printCard(process.cwd(), version, { output, json, revision });
    });
}

/** Of commands that change something: who, and why. */
function decided(command: Command, reason: string): Command {
  return command
    .option('--reason <text>', 'why, for the record', reason)
    .option('--by <name>', 'who; default: the user of this machine')
    .option('--json', 'print one JSON object');
}
