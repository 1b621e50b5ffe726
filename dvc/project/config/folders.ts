import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where DVC looks for the settings of all users and of this user (as its platformdirs does). */
export function configFolders(env: Environment = process.env): { system: string; user: string } {
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
