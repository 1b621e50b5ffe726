import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How the new folder stands to git. */
export type GitState =
  | { readonly kind: 'no-git' }
  /** A repository has it already, and would track what is laid out. */
  | { readonly kind: 'inside' }
  /** No repository has it, or one that ignores it. */
  | { readonly kind: 'outside' };

/** @param folder must exist */
export async function gitState(folder: string): Promise<GitState> {
  const inside = await git(folder, 'rev-parse', '--is-inside-work-tree');
  if (inside.missing) return { kind: 'no-git' };
  if (inside.code !== 0 || inside.stdout.trim() !== 'true') return { kind: 'outside' };
  const top = await git(folder, 'rev-parse', '--show-prefix');
  if (top.stdout.trim() === '') return { kind: 'inside' };
  const ignored = await git(folder, 'check-ignore', '--quiet', '.');
  return { kind: ignored.code === 0 ? 'outside' : 'inside' };
}

/** Whether the folder's repository would not track DVC's own files, which then could not work. */
export async function ignoresDvc(folder: string): Promise<boolean> {
  return (await git(folder, 'check-ignore', '--quiet', '.dvc')).code === 0;
}

export async function gitInit(folder: string): Promise<void> {
  const { code, stderr } = await git(folder, 'init', '--quiet');
  if (code !== 0) throw new Error(`git init failed in ${folder}: ${stderr.trim()}`);
}

/** Commits these files alone. False where git does not know who the user is, or a hook refused. */
export async function firstCommit(
  folder: string,
  paths: readonly string[],
  message: string,
): Promise<boolean> {
  const identity = await git(folder, '-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT');
  if (identity.code !== 0) return false;
  const staged = await git(folder, 'add', '--', ...paths);
  if (staged.code !== 0) return false;
  // A passphrase cannot be asked for here.
  const commit = await git(folder, 'commit', '--quiet', '--no-gpg-sign', '-m', message, '--', ...paths);
  return commit.code === 0;
}

async function git(
  cwd: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string; missing: boolean }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('git', args, { cwd });
    return { code: 0, stdout, stderr, missing: false };
  } catch (cause) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = cause as { code?: number | string; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : 1, stdout, stderr, missing: code === 'ENOENT' };
  }
}
