import { Command, Option } from 'commander';
import type { LevelFlags } from '../remotes/remote.js';

type Flags = LevelFlags & { readonly json?: true };

/** `reprise remote add|list|default|modify|remove|rename`, as `dvc remote`: they read and write DVC's configuration. */
export function remoteCommand(): Command {
  return new Command('remote')
    .description('the DVC remotes of a project')
    .addCommand(
      withLevel(new Command('add'))
        .description('add a remote: s3://bucket/path, or a folder')
        .argument('<name>')
        .argument('<url>')
        .option('-d, --default', 'make it the default one')
        .option('-f, --force', 'overwrite a remote of that name')
        .action(async (name: string, url: string, options: Flags & { default?: true; force?: true }) => {
          await (await import('../remotes/remote.js')).add(name, url, options);
        }),
    )
    .addCommand(
      withLevel(new Command('list'))
        .description('names and urls')
        .option('--json', 'print one JSON object')
        .action(async (options: Flags) => {
          await (await import('../remotes/remote.js')).list(options);
        }),
    )
    .addCommand(
      withLevel(new Command('default'))
        .description('say which remote is the default one, or choose it')
        .argument('[name]')
        .option('-u, --unset', 'have none')
        .action(async (name: string | undefined, options: Flags & { unset?: true }) => {
          await (await import('../remotes/remote.js')).setDefault(name, options);
        }),
    )
    .addCommand(
      withLevel(new Command('modify'))
        .description('set an option of a remote; secrets belong to --local')
        .argument('<name>')
        .argument('<option>')
        .argument('[value]')
        .option('-u, --unset', 'take the option away')
        .action(
          async (
            name: string,
            option: string,
            value: string | undefined,
            options: Flags & { unset?: true },
          ) => {
            await (await import('../remotes/remote.js')).modify(name, option, value, options);
          },
        ),
    )
    .addCommand(
      withLevel(new Command('remove'))
        .description('forget a remote; what is in it stays')
        .argument('<name>')
        .action(async (name: string, options: Flags) => {
          await (await import('../remotes/remote.js')).remove(name, options);
        }),
    )
    .addCommand(
      withLevel(new Command('rename'))
        .description('give a remote another name')
        .argument('<name>')
        .argument('<new>')
        .action(async (name: string, to: string, options: Flags) => {
          await (await import('../remotes/remote.js')).rename(name, to, options);
        }),
    );
}

function withLevel(command: Command): Command {
  const level = (flag: string, text: string, others: string[]) => new Option(flag, text).conflicts(others);
  return command
    .addOption(
      level('--local', 'in .dvc/config.local, which git does not track', ['project', 'global', 'system']),
    )
    .addOption(level('--project', 'in .dvc/config', ['local', 'global', 'system']))
    .addOption(level('--global', "in this user's configuration", ['local', 'project', 'system']))
    .addOption(level('--system', "in this host's configuration", ['local', 'project', 'global']));
}
