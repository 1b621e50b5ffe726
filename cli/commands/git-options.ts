import { Option, type Command } from 'commander';
import type { GitPlace } from '../runs/git-place.js';

/** The options that say of which repository something is run. */
export interface GitOptions {
  git?: string;
  rev?: string;
  branch?: string;
  path?: string;
  remote?: string;
  asOf?: string;
}

export interface GitUse {
  /** What `--git` says here; default: that workers run it. */
  readonly git?: string;
  /** False: it is about what a branch has now. */
  readonly rev?: boolean;
  /** What `--branch` says here; absent: there is no such option. */
  readonly branch?: string;
  /** False: it works on what is there, and no `--as-of` is of use. */
  readonly asOf?: boolean;
  /** False: it reads no data. */
  readonly remote?: boolean;
  /** Options that speak of a folder in place. */
  readonly conflicts: readonly string[];
}

export function withGitOptions(command: Command, use: GitUse): Command {
  const { git = 'run a git repository, on workers that serve it', branch } = use;
  const { rev = true, asOf = true, remote = true } = use;
  command.addOption(new Option('--git <url>', git).conflicts([...use.conflicts]));
  if (rev) command.option('--rev <revision>', 'with --git: branch, tag or commit');
  if (asOf)
    command.option(
      '--as-of <time>',
      'with --git: what the revision was then: 2026-01-31T03:00:00Z, or `schedule` for the time that a schedule fires for',
    );
  if (branch !== undefined) command.option('--branch <name>', `with --git: ${branch}`);
  command.option('--path <folder>', 'with --git: folder of the project in the repository');
  if (remote) command.option('--remote <name>', 'with --git: DVC remote for inputs and results');
  return command;
}

/**
 * @param needsBranch what goes into production must be said to the next round too
 * @returns undefined without `--git`
 */
export function gitPlaceOf(
  { git, rev, branch, path, remote, asOf }: GitOptions,
  command: Command,
  needsBranch = false,
): GitPlace | undefined {
  const fields = Object.entries({ rev, branch, path, remote, asOf }).filter(
    ([, value]) => value !== undefined,
  );
  if (git !== undefined) {
    if (needsBranch && branch === undefined)
      command.error('error: --git needs --branch here: the branch that says which model is in production');
    return { url: git, ...Object.fromEntries(fields) };
  }
  const name = fields[0]?.[0];
  if (name !== undefined)
    command.error(`error: --${name === 'asOf' ? 'as-of' : name} is of use with --git only`);
  return undefined;
}
