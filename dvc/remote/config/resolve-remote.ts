import { DiagnosticError } from '../../../diagnostics/index.js';
import { shownFile } from '../../project/index.js';
import type { Project } from '../../types.js';
import { readRemotes, type Remotes, type RemoteSetting, type RemoteSettings } from './read-remotes.js';

export interface ResolvedRemote {
  readonly name: string;
  /** Absolute path or URL. */
  readonly url: string;
  readonly settings: RemoteSettings;
}

/**
 * The settings of a remote, `remote://other/path` followed to what it stands on.
 *
 * @param name otherwise the default one
 * @throws DiagnosticError `bad-config`, `no-remote`, `remote-unknown`
 */
export function resolveRemote(
  project: Pick<Project, 'root'>,
  name?: string,
  remotes: Remotes = readRemotes(project.root),
): ResolvedRemote {
  const chosen = name?.toLowerCase() ?? remotes.default;
  if (chosen === undefined) throw noRemote(remotes);
  return { name: chosen, ...follow(project, remotes, chosen, []) };
}

function follow(
  project: Pick<Project, 'root'>,
  remotes: Remotes,
  name: string,
  before: readonly string[],
): { url: string; settings: RemoteSettings } {
  const settings = remotes.byName.get(name);
  if (!settings) throw remoteUnknown(name, [...remotes.byName.keys()]);
  const url = settings.get('url');
  if (!url || url.value === '') {
    throw new DiagnosticError('bad-config', {
      message: `the remote ${name} has no url`,
      at: { file: shownFile(project.root, [...settings.values()][0]?.file ?? '.dvc/config') },
      fix: `set it: reprise remote modify ${name} url <url>`,
    });
  }
  const [, base, path = ''] = /^remote:\/\/([^/]*)\/*(.*)$/.exec(url.value) ?? [];
  if (base === undefined) return { url: url.value, settings };
  if (before.includes(name)) {
    throw new DiagnosticError('bad-config', {
      message: `the remotes ${[...before, name].join(' → ')} stand on one another`,
      at: { file: shownFile(project.root, url.file) },
      fix: `give ${name} a url of its own: reprise remote modify ${name} url <url>`,
    });
  }
  const below = follow(project, remotes, base.toLowerCase(), [...before, name]);
  const joined = path === '' ? below.url : `${below.url.replace(/\/+$/, '')}/${path}`;
  const merged = new Map<string, RemoteSetting>([...below.settings, ...settings]);
  return { url: joined, settings: merged };
}

function noRemote({ byName }: Remotes): DiagnosticError {
  const names = [...byName.keys()];
  return new DiagnosticError('no-remote', {
    message: 'no remote is named, and the project has no default one',
    fix:
      names.length > 0
        ? `name one (-r ${names[0]}), or make it the default: reprise remote default ${names[0]}`
        : 'add one: reprise remote add -d storage s3://bucket/path',
  });
}

export function remoteUnknown(name: string, names: readonly string[]): DiagnosticError {
  return new DiagnosticError('remote-unknown', {
    message: `there is no remote ${name}`,
    found: name,
    fix:
      names.length > 0
        ? `use one of: ${names.join(', ')}`
        : `add it: reprise remote add ${name} s3://bucket/path`,
  });
}
