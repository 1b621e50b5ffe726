import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Pipeline } from '../../dvc/index.js';
import { withoutCredentials } from '../../tracking/index.js';
import type { Lineage } from '../../workflows/index.js';

/** Of a project that is worked in in place. @returns undefined outside of git, or before its first commit */
export async function codeOf({ project, stages }: Pipeline): Promise<Lineage['code']> {
  const { root } = project;
  const [commit, branch, repository, top, status] = await Promise.all([
    output(root, 'rev-parse', 'HEAD'),
    output(root, 'branch', '--show-current'),
    output(root, 'remote', 'get-url', 'origin'),
    output(root, 'rev-parse', '--show-toplevel'),
    output(root, 'status', '--porcelain', '-z', '--no-renames', '--untracked-files=no'),
  ]);
  if (!commit || top === undefined) return undefined;
  const outs = new Set(stages.flatMap((stage) => stage.outs.map(({ file }) => file)));
  // Of each entry: two letters, a space, and the path.
  const entries = (status ?? '').split('\0').filter((entry) => entry !== '');
  const files = entries.map((entry) => join(top, entry.slice(3)));
  return {
    commit,
    ...(branch ? { branch } : {}),
    ...(repository ? { repository: withoutCredentials(repository) } : {}),
    changed: files.some((file) => !outs.has(file) && !isOfDvc(file)),
  };
}

/** What a run writes beside the outs. */
function isOfDvc(file: string): boolean {
  const name = basename(file);
  return name === 'dvc.lock' || name === '.gitignore' || name.endsWith('.dvc');
}

async function output(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', args, { cwd, timeout: 10_000 });
    return stdout.replace(/\n$/, '');
  } catch {
    return undefined;
  }
}
