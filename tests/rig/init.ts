import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reprise } from './reprise.js';

export const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'init-')));

/** A git that knows the user, or does not, whatever the host's settings. */
export function gitSettings(identity: boolean): NodeJS.ProcessEnv {
  const home = temporary();
  writeFileSync(
    join(home, '.gitconfig'),
    `[init]\n\tdefaultBranch = main\n${identity ? '[user]\n\tname = A User\n\temail = user@example.com\n' : ''}`,
  );
  return {
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
  };
}

/** What `reprise init --json` says. */
export interface Initialized {
  readonly folder: string;
  readonly written: string[];
  readonly kept: string[];
  readonly gitInit: boolean;
  readonly committed: boolean;
}

export async function init(
  args: readonly string[],
  cwd: string,
  env = gitSettings(true),
): Promise<Initialized> {
  const { code, stdout, stderr } = await reprise(['init', ...args, '--json'], cwd, env);
  if (code !== 0) throw new Error(`exit ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Initialized;
}
