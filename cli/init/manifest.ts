import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ProjectFile } from './project-files.js';

/** The template's package.json with the project's name, and this package in the version that lays it out. */
export function withManifest(
  files: readonly ProjectFile[],
  packageRoot: string,
  folder: string,
): ProjectFile[] {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  return files.map((file) => {
    if (file.path !== 'package.json') return file;
    const manifest = JSON.parse(file.content.toString('utf8')) as Record<string, object>;
    const own = { ...manifest, name: nameOf(folder, manifest['name'] as unknown as string) };
    const dependencies = { ...manifest['dependencies'], reprise: version };
    const content = Buffer.from(`${JSON.stringify({ ...own, dependencies }, null, 2)}\n`);
    // Who has one already has said there what the folder is.
    return { ...file, content, keep: true };
  });
}

/** What npm takes for a name. */
function nameOf(folder: string, usual: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return name === '' || name === 'reprise' || name === 'node_modules' ? usual : name;
}
