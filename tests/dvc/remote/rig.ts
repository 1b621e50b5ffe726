import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addToCache, hashPath, openProject, type Md5, type Project } from '../../../dvc/index.js';
import { makeProject } from '../../rig/project.js';
import type { S3Server } from '../../rig/s3.js';

/** A project of its own with this configuration. */
export async function projectWith(config: string, local?: string): Promise<Project> {
  return openProject(
    makeProject({
      '.dvc/config': `[core]\n    no_scm = True\n    remote = storage\n${config}`,
      ...(local !== undefined && { '.dvc/config.local': local }),
    }),
  );
}

/** `.dvc/config` of a remote on the test's server, and `.dvc/config.local` with its credentials. */
export function s3Remote(server: S3Server, url: string): [config: string, local: string] {
  return [
    `['remote "storage"']\n    url = ${url}\n    endpointurl = ${server.endpoint}\n    region = us-east-1\n`,
    `['remote "storage"']\n    access_key_id = ${server.accessKeyId}\n    secret_access_key = ${server.secretAccessKey}\n`,
  ];
}

/** Writes files into the project's workspace and puts them into its cache, as one folder or one file at `path`. */
export async function cached(
  project: Project,
  path: string,
  content: string | Buffer | Readonly<Record<string, string>>,
): Promise<Md5> {
  const files = typeof content === 'string' || Buffer.isBuffer(content) ? { '': content } : content;
  for (const [name, bytes] of Object.entries(files)) {
    const file = join(project.root, path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  const hashed = await hashPath(project, join(project.root, path));
  if (!hashed) throw new Error(`${path} was not written`);
  await addToCache(project.config, hashed);
  return hashed.md5;
}

/** Every file below a folder, with its bytes: what a cache and a remote have in common. */
export function filesBelow(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((file) => [file.slice(folder.length + 1), readFileSync(file, 'latin1')]),
  );
}
