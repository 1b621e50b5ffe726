import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  loadPipeline,
  openProject,
  openRemote,
  pushObjects,
  readLockEntries,
  type Project,
} from '../../dvc/index.js';
import { writeFiles } from './project.js';
import { PLACES, registeredProject } from './registered-project.js';
import { git } from './sweep-project.js';

export interface RegisteredRepository {
  readonly url: string;
  /** Somebody's clone, with the data. */
  readonly project: Project;
  /** Pushes what its stages have made: data to the remote, the rest to `main`. */
  publish(): Promise<void>;
}

/** Lines of `.dvc/config` below the remote's name. */
type RemoteSettings = Readonly<Record<string, string>>;

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-registered-')));

/**
 * A repository whose branch `main` has what the stages made, and a remote with the data.
 *
 * @param url of a bare repository; default: one in a folder
 * @param remote default: a folder
 */
export async function registeredRepository(
  url = bareRepository(),
  remote: RemoteSettings = { url: temporary() },
): Promise<RegisteredRepository> {
  const { root } = await registeredProject();
  const settings = Object.entries(remote).map(([name, value]) => `    ${name} = ${value}\n`);
  writeFiles(root, {
    '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n${settings.join('')}`,
    '.reprise/config.yaml': stringify({ retrain: PLACES, registry: { name: 'nouns', license: 'mit' } }),
  });
  git(root, 'remote', 'add', 'origin', url);
  const project = await openProject(root);
  const publish = async (): Promise<void> => {
    const { stages } = await loadPipeline(project);
    const entryOf = await readLockEntries(project, stages);
    // Figures are git's.
    const hashes = stages.flatMap((stage) => {
      const kept = new Set(stage.outs.filter(({ cache }) => cache).map(({ path }) => path));
      return (entryOf(stage)?.outs ?? []).flatMap(({ path, md5 }) => (md5 && kept.has(path) ? [md5] : []));
    });
    const { failed } = await pushObjects({ project, remote: await openRemote(project), hashes });
    if (failed[0]) throw failed[0].error;
    git(root, 'add', '--force', '.dvc/config', '.reprise/config.yaml', 'dvc.lock', 'figures.json');
    git(root, 'commit', '--quiet', '--message=Train');
    git(root, 'push', '--quiet', '--force', 'origin', 'main');
  };
  await publish();
  return { url, project, publish };
}

function bareRepository(): string {
  const bare = temporary();
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  return `file://${bare}`;
}

/** What a branch has now. */
export function cloned(url: string): { readonly root: string; readonly log: readonly string[] } {
  const root = temporary();
  execFileSync('git', ['clone', '--quiet', url, root]);
  return { root, log: git(root, 'log', '--format=%s').split('\n') };
}
