import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** DVC's four levels of configuration; a later one shadows those before it. */
export const CONFIG_LEVELS = ['system', 'global', 'project', 'local'] as const;
export type ConfigLevel = (typeof CONFIG_LEVELS)[number];

/** The file of each level, in that order. */
export function configFiles(root: string): Readonly<Record<ConfigLevel, string>> {
  const { system, user } = configFolders();
  return {
    system: join(system, 'config'),
    global: join(user, 'config'),
    project: join(root, '.dvc/config'),
    local: join(root, '.dvc/config.local'),
  };
}

/** Where DVC looks for the settings of all users and of this user (as its platformdirs does). */
function configFolders(env: Environment = process.env): { system: string; user: string } {
  const isMac = process.platform === 'darwin';
  const home = env.HOME || homedir();
  const sites = (env.XDG_CONFIG_DIRS ?? '').split(':').find((folder) => folder.trim() !== '');
  const site = sites ?? (isMac ? '/Library/Application Support' : '/etc/xdg');
  const own = env.XDG_CONFIG_HOME?.trim() || join(home, isMac ? 'Library/Application Support' : '.config');
  return {
    system: env.DVC_SYSTEM_CONFIG_DIR || join(site, 'dvc'),
    user: env.DVC_GLOBAL_CONFIG_DIR || join(own, 'dvc'),
  };
}
