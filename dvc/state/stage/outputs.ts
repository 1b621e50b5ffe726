import { chmod, lstat, open, readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { dvcIgnore } from '../../project/index.js';
import type { LockEntry, LockedFile, Md5, Output, Project, Stage } from '../../types.js';
import { checkoutObject } from '../cache/checkout.js';
import { isLinkedAsWanted, linkObject, relinkFile, unprotect } from '../cache/link.js';
import { addToCache } from '../cache/objects.js';
import { fileMode, objectPath } from '../cache/paths.js';
import { mapConcurrently } from '../files/concurrent.js';
import { isInside } from '../files/inside.js';
import { ignoreInGit } from '../git/gitignore.js';
import { looksLikeText } from '../hashing/md5.js';
import { describeFile, findLocked, type DescribedFile } from './files.js';
import { describeInputs, type ParamsReader } from './inputs.js';

/**
 * Clears the way for a run: removes a stage's outs, except those that persist, which become files of their own that the
 * command may write to. Those of frozen stages and of `.dvc` files are data, and stay.
 *
 * @throws DiagnosticError `bad-output` for an out that holds the project itself
 */
export async function removeOutputs(project: Project, stage: Stage): Promise<void> {
  if (stage.frozen || stage.cmd === undefined) return;
  for (const out of stage.outs) {
    const info = await lstat(out.file).catch(() => undefined);
    if (!info) continue;
    if (isInside(out.file, project.root)) {
      throw new DiagnosticError('bad-output', {
        message: `${out.path} holds the project itself: it cannot be an out`,
        at: out.at,
        fix: 'name a folder inside the project',
      });
    }
    if (!out.persist) await remove(out.file);
    else if (out.cache) await eachFile(out.file, (file) => unprotect(project.config, file));
  }
}

/** Also what lies in folders without write permission. */
async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const isForbidden = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (!isForbidden || !(await lstat(path)).isDirectory()) throw error;
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const item of await readdir(folder, { withFileTypes: true }))
    if (item.isDirectory()) await makeWritable(join(folder, item.name));
}

async function eachFile(path: string, act: (file: string) => Promise<void>): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return act(path);
  for (const item of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, item.name);
    if (item.isDirectory()) await eachFile(inside, act);
    else await act(inside);
  }
}

export interface SaveOptions {
  readonly commit?: boolean;
}

/**
 * After a run: hashes deps, params and outs, puts the outs into the cache and links them back, and keeps them out of git.
 *
 * @param locked what dvc.lock said before
 * @param options `commit: false`: outs are not put into the cache (`dvc repro --no-commit`)
 * @returns the stage's new entry
 * @throws DiagnosticError `missing-dep`, `missing-param`, `missing-output`, `bad-output`, `output-tracked`, `disk-full`
 */
export async function saveOutputs(
  project: Project,
  stage: Stage,
  readParams: ParamsReader,
  locked?: LockEntry,
  { commit = true }: SaveOptions = {},
): Promise<LockEntry> {
  const inputs = await describeInputs(project, stage, readParams, locked);
  const made: { out: Output; described: DescribedFile }[] = [];
  const ignore = dvcIgnore(project.root, { intoOtherProjects: true });
  for (const out of stage.outs) {
    const known = findLocked(locked?.outs, out.path);
    const isFolder = (await stat(out.file).catch(() => undefined))?.isDirectory() ?? false;
    const described = ignore.isIgnored(out.file, isFolder)
      ? undefined
      : await describeFile(project, out.path, out.file, known);
    if (!described) throw missingOutput(stage, out);
    if (out.kind === 'metric') await refuseBinary(out);
    made.push({ out, described });
  }
  const cached = made.filter(({ out }) => out.cache);
  for (const { out } of cached) refuseOutside(project, out);
  await ignoreInGit(
    project,
    cached.map(({ out }) => out),
  );
  if (commit) for (const { described } of cached) await commitFile(project, described);
  const outs = made.map(({ described }) => described.record);
  return { ...inputs, ...(outs.length > 0 && { outs }) };
}

/** Puts a file or folder of the workspace into the cache and brings it back in the way that `cache.type` says. */
export async function commitFile(project: Project, { hashed, name, record }: DescribedFile): Promise<void> {
  const { config } = project;
  await addToCache(config, hashed, name);
  if (hashed.kind === 'file') {
    await relinkFile(config, objectPath(config, hashed.md5, name), hashed.path);
    return settleMode(project, hashed.path, record);
  }
  await mapConcurrently(hashed.files, async (file) => {
    const object = objectPath(config, file.md5, name);
    if (!(await isLinkedAsWanted(config, object, file.path))) await linkObject(config, object, file.path);
  });
}

/** A single file gets the modes of a new one; the execute bit stays with its owner. */
async function settleMode(project: Project, path: string, record: LockedFile): Promise<void> {
  const info = await lstat(path);
  const isShared = info.isSymbolicLink() || info.nlink > 1;
  const mode = (await stat(path)).mode & 0o777;
  const base = isShared ? mode : fileMode(project.config);
  // On a link this also reaches the object in the cache, as with DVC, which hashes and protects it again when it next looks.
  const wanted = record.isexec ? base | 0o100 : base;
  if (mode !== wanted) await chmod(path, wanted);
}

function missingOutput(stage: Stage, out: Output): DiagnosticError {
  return new DiagnosticError('missing-output', {
    message: `${stage.address} did not make its out ${out.path}`,
    at: out.at,
    fix: `make the command write ${out.path}, or correct the path`,
  });
}

function refuseOutside(project: Project, out: Output): void {
  if (isInside(project.root, out.file) && relative(project.root, out.file) !== '') return;
  throw new DiagnosticError('bad-output', {
    message: `${out.path} is outside of the project: it cannot be cached`,
    at: out.at,
    fix: 'move it into the project, or set cache: false',
  });
}

async function refuseBinary(out: Output): Promise<void> {
  if ((await lstat(out.file)).isDirectory()) return;
  const handle = await open(out.file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    if (looksLikeText(buffer.subarray(0, bytesRead))) return;
  } finally {
    await handle.close();
  }
  throw new DiagnosticError('bad-output', {
    message: `${out.path} is a binary file: it cannot be a metric`,
    at: out.at,
    fix: 'write metrics as JSON, YAML or TOML, or list the file under outs',
  });
}

/**
 * Restores a stage's cached outs that are missing or differ from `entry`.
 *
 * @throws DiagnosticError `cache-missing` (then nothing of that out was touched), `disk-full`
 */
export async function checkoutOutputs(project: Project, stage: Stage, entry: LockEntry): Promise<void> {
  for (const out of stage.outs) {
    const locked = findLocked(entry.outs, out.path);
    if (out.cache && locked?.md5)
      await checkoutObject(project, out.file, { ...locked, md5: locked.md5 as Md5 }, out.at);
  }
}
