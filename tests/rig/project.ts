import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A DVC project of its own in a temporary folder, as `dvc init --no-scm` leaves it, with these files in it. */
export function makeProject(files: Readonly<Record<string, string>>, parent: string = tmpdir()): string {
  const root = realpathSync(mkdtempSync(join(parent, 'reprise-project-')));
  writeFiles(root, {
    '.dvc/config': '[core]\n    no_scm = True\n',
    '.dvc/.gitignore': '/config.local\n/tmp\n/cache\n',
    '.dvcignore': '',
    ...files,
  });
  return root;
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
