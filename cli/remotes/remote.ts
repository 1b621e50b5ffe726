import { DiagnosticError } from '../../diagnostics/index.js';
import {
  addRemote,
  modifyRemote,
  openProject,
  readRemotes,
  removeRemote,
  renameRemote,
  setDefaultRemote,
  type ConfigLevel,
  type EditOptions,
} from '../../dvc/index.js';
import { CommandExit, EXIT } from '../report-error.js';

/** At most one of them. */
export interface LevelFlags {
  readonly local?: true;
  readonly project?: true;
  readonly global?: true;
  readonly system?: true;
}

/** Whoever can read the repository could read them. */
const SECRETS = new Set([
  'access_key_id',
  'secret_access_key',
  'session_token',
  'password',
  'sse_customer_key',
]);

export async function add(
  name: string,
  url: string,
  options: LevelFlags & { readonly default?: true; readonly force?: true },
): Promise<void> {
  const flags = { makeDefault: options.default ?? false, force: options.force ?? false };
  await addRemote(await here(), name, url, { ...editOptions(options), ...flags });
  if (options.default) say(`${name.toLowerCase()} is now the default remote`);
}

export async function list(options: LevelFlags & { readonly json?: true }): Promise<void> {
  const { root } = await here();
  const level = levelOf(options);
  const remotes = readRemotes(root, level === undefined ? {} : { level });
  const rows = [...remotes.byName].map(([name, settings]) => ({
    name,
    url: settings.get('url')?.value ?? '',
    default: name === remotes.default,
  }));
  if (options.json) return say(JSON.stringify({ event: 'result', command: 'remote list', remotes: rows }));
  for (const row of rows) say(`${row.name}\t${row.url}${row.default ? '\t(default)' : ''}`);
}

export async function setDefault(
  name: string | undefined,
  options: LevelFlags & { readonly unset?: true },
): Promise<void> {
  const project = await here();
  if (name !== undefined || options.unset)
    return setDefaultRemote(project, options.unset ? undefined : name, editOptions(options));
  const level = levelOf(options);
  const preset = readRemotes(project.root, level === undefined ? {} : { level }).default;
  say(preset ?? 'there is no default remote');
  if (preset === undefined) throw new CommandExit(EXIT.failure);
}

export async function modify(
  name: string,
  option: string,
  value: string | undefined,
  options: LevelFlags & { readonly unset?: true },
): Promise<void> {
  if (value === undefined && !options.unset) {
    throw new DiagnosticError('bad-argument', {
      message: `no value is given for ${option}`,
      fix: `reprise remote modify ${name} ${option} <value>, or --unset`,
    });
  }
  await modifyRemote(await here(), name, option, options.unset ? undefined : value, editOptions(options));
  const level = levelOf(options) ?? 'project';
  if (SECRETS.has(option.toLowerCase()) && !options.unset && level === 'project') {
    process.stderr.write(
      `${option} now stands in .dvc/config, which git tracks\n` +
        `  fix: reprise remote modify --unset ${name} ${option}, then set it with --local\n`,
    );
  }
}

export async function remove(name: string, options: LevelFlags): Promise<void> {
  await removeRemote(await here(), name, editOptions(options));
}

export async function rename(name: string, to: string, options: LevelFlags): Promise<void> {
  await renameRemote(await here(), name, to, editOptions(options));
}

/** As with `dvc remote`, a setting that is in the way can be removed. */
const here = () => openProject(process.cwd(), { passUnknown: true });

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function levelOf(flags: LevelFlags): ConfigLevel | undefined {
  return (['local', 'project', 'global', 'system'] as const).find((level) => flags[level]);
}

function editOptions(flags: LevelFlags): EditOptions {
  return { level: levelOf(flags), cwd: process.cwd() };
}
