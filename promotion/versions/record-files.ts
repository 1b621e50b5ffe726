import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactsFile } from '../registry/artifact-entry.js';
import { candidateFile } from './candidate-alias.js';
import { productionFile } from './production.js';
import { versionFile } from './version-record.js';

/**
 * The small files that git is to have of a version, and of where it stands.
 *
 * @param root of the project
 * @returns absolute paths of those that are there
 */
export async function recordFiles(root: string, final: string, version: number): Promise<string[]> {
  const ofVersion = new RegExp(`_v${version}(\\..*)?\\.dvc$`);
  const tracked = (await readdir(join(root, final))).filter((name) => ofVersion.test(name));
  const files = [
    productionFile(final),
    candidateFile(final),
    versionFile(final, version),
    artifactsFile(final),
    join(final, '.gitignore'),
    ...tracked.map((name) => join(final, name)),
  ];
  return files.map((file) => join(root, file)).filter((file) => existsSync(file));
}
