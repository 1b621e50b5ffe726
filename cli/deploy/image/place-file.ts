import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file under another name, without a copy of its bytes where the disk allows it: caches link to the same bytes. */
export async function placeFile(from: string, to: string): Promise<void> {
  const source = await realpath(from);
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { force: true });
  await link(source, to).catch(() => copyFile(source, to, constants.COPYFILE_FICLONE));
}

/** All files of a folder, at their places. */
export async function placeFolder(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const within = join(entry.parentPath, entry.name).slice(from.length + 1);
    await placeFile(join(from, within), join(to, within));
  }
}
