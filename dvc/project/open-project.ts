import { realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Project } from '../types.js';
import { readConfig, type ConfigOptions } from './config/read-config.js';

/**
 * Finds the DVC project that `cwd` lies in, and reads its configuration.
 *
 * @param options `passUnknown`: for those who mend it, let settings be that DVC does not know
 * @throws DiagnosticError `no-dvc-project`, `bad-config`
 */
export function openProject(cwd: string, options: ConfigOptions = {}): Promise<Project> {
  return new Promise((settle) => {
    const root = findRoot(cwd);
    settle({ root, config: readConfig(root, options) });
  });
}

/** The nearest folder, upward from `cwd`, that holds a `.dvc` folder; as a real path. */
function findRoot(cwd: string): string {
  let folder: string;
  try {
    folder = realpathSync(cwd);
  } catch (cause) {
    throw new DiagnosticError('no-dvc-project', {
      message: `${cwd} does not exist`,
      fix: 'name a folder of a DVC project',
      cause,
    });
  }
  const start = folder;
  while (!isFolder(join(folder, '.dvc'))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new DiagnosticError('no-dvc-project', {
        message: `${start} is not inside a DVC project: neither it nor a folder above it has a .dvc folder`,
        fix: 'run this in a project, or make one: reprise init, or git init && dvc init',
      });
    }
    folder = parent;
  }
  return folder;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
