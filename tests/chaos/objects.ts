import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A remote's objects as DVC lays them out, by what their names say they hold. */
export function listObjects(remote: string): string[] {
  const folder = join(remote, 'files', 'md5');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{30}(\.dir)?$/.test(name))
    .map((name) => name.replace('/', ''));
}

/** Objects that do not hold what their names say. */
export function tornObjects(remote: string): string[] {
  return listObjects(remote).filter((md5) => digest(read(remote, md5)) !== md5.replace('.dir', ''));
}

/** What a lock's outs, with all files of its folders, need and the remote does not have. */
export function missingObjects(remote: string, lock: unknown): string[] {
  const outs = Object.values((lock as { stages: Record<string, { outs?: Out[] }> }).stages)
    .flatMap((stage) => stage.outs ?? [])
    .filter((out) => !out.path.endsWith('.json'));
  const has = new Set(listObjects(remote));
  return outs.flatMap(({ md5 }) => {
    if (!has.has(md5)) return [md5];
    if (!md5.endsWith('.dir')) return [];
    const files = JSON.parse(read(remote, md5).toString()) as { md5: string }[];
    return files.map((file) => file.md5).filter((file) => !has.has(file));
  });
}

interface Out {
  readonly path: string;
  readonly md5: string;
}

const read = (remote: string, md5: string): Buffer =>
  readFileSync(join(remote, 'files', 'md5', md5.slice(0, 2), md5.slice(2)));

const digest = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
