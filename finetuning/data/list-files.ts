import { readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Every file under `folder`, as sorted relative POSIX paths. Links are followed: DVC may link data out of its cache. */
export async function listFiles(folder: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(join(folder, prefix))).sort()) {
    const path = posix.join(prefix, name);
    const what = await stat(join(folder, path));
    if (what.isDirectory()) found.push(...(await listFiles(folder, path)));
    else if (what.isFile()) found.push(path);
  }
  return found.sort();
}
