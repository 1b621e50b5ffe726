import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  addToCache,
  checkoutObject,
  hashPath,
  missingObjects,
  openUrl,
  readImport,
  readLockEntry,
  sameState,
  type Hashed,
  type Import,
  type ImportState,
  type LockEntry,
  type LockedFile,
  type Output,
  type Project,
  type Stage,
} from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { downloadFromRepository, newestCommit } from './repository-source.js';

/**
 * As `dvc update`: looks at where the data of a `.dvc` file came from, and when that is another by now, brings it.
 *
 * @param stage a `.dvc` file that imports
 * @returns its new entry; undefined when nothing is new
 * @throws DiagnosticError `import-unsupported`, `import-edited`, `source-missing`, `source-failed`, `revision-missing`, `git-failed` and
 *   those of remotes
 */
export async function updateImport(
  project: Project,
  stage: Stage,
  signal?: AbortSignal,
): Promise<LockEntry | undefined> {
  const out = onlyOut(stage);
  const source = await readImport(project, stage);
  const state = await stateOf(project, stage, source);
  const locked = (await readLockEntry(project, stage))?.outs?.find(({ path }) => path === out.path);
  if (locked?.md5 !== undefined && sameState(state, source.recorded)) return undefined;
  await refuseEdited(project, stage, out, locked);
  const hashed = await bring(project, stage, out, { source, state, signal });
  await checkoutObject(project, out.file, lockedAs(out, hashed), out.at);
  return { cmd: '', outs: [lockedAs(out, hashed)], imported: state };
}

/**
 * Brings the data of an import, as its `.dvc` file states it, to its place and into the cache: of another repository, no remote of ours has it.
 *
 * @throws DiagnosticError as {@link updateImport}; `source-changed`
 */
export async function fetchImport(project: Project, stage: Stage, signal?: AbortSignal): Promise<void> {
  const out = onlyOut(stage);
  const source = await readImport(project, stage);
  const locked = (await readLockEntry(project, stage))?.outs?.find(({ path }) => path === out.path);
  const hashed = await bring(project, stage, out, { source, state: source.recorded, signal });
  if (hashed.md5 === locked?.md5) return;
  throw new DiagnosticError('source-changed', {
    message: `what ${stage.address} was imported from is no longer what it was, and no remote has what it was`,
    at: stage.at,
    expected: locked?.md5 ?? 'data',
    found: hashed.md5,
    fix: `push it from a host that has it (dvc push), or take what is there now: dvc update ${stage.address}`,
  });
}

interface Bringing {
  readonly source: Import;
  readonly state: ImportState;
  readonly signal: AbortSignal | undefined;
}

async function stateOf(project: Project, stage: Stage, source: Import): Promise<ImportState> {
  if (source.kind === 'repository') return { rev_lock: await newestCommit(project, source) };
  return await (await openUrl(project, stage, source)).describe();
}

/**
 * Puts the data in its place and into the cache, by way of a folder of DVC's own for what is not whole yet. It is hashed in its place,
 * where `.dvcignore` says what is part of it.
 */
async function bring(
  project: Project,
  stage: Stage,
  out: Output,
  { source, state, signal }: Bringing,
): Promise<Hashed> {
  const folder = join(project.root, '.dvc', 'tmp', `reprise-import-${randomBytes(8).toString('hex')}`);
  await mkdir(folder, { recursive: true });
  try {
    const path = join(folder, 'data');
    if (source.kind === 'repository') {
      const commit = String(state['rev_lock'] ?? '');
      await downloadFromRepository(project, source, { commit, folder, to: path, signal });
    } else await (await openUrl(project, stage, source)).download(path, signal);
    await rm(out.file, { recursive: true, force: true });
    await mkdir(dirname(out.file), { recursive: true });
    await rename(path, out.file);
    const hashed = await hashPath(project, out.file);
    if (!hashed) throw new Error(`${stage.address}: nothing was downloaded`);
    await addToCache(project.config, hashed);
    return hashed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function onlyOut(stage: Stage): Output {
  const [out, another] = stage.outs;
  if (out && !another) return out;
  throw new DiagnosticError('import-unsupported', {
    message: `${stage.address} has ${another ? 'several outs' : 'no out'}: an import has one`,
    at: stage.at,
    fix: 'import the data anew: dvc import, or dvc import-url',
  });
}

function lockedAs(out: Output, hashed: Hashed): LockedFile & { readonly md5: Hashed['md5'] } {
  const { md5, size } = hashed;
  return {
    path: out.path,
    hash: 'md5',
    md5,
    size,
    ...(hashed.kind === 'folder' ? { nfiles: hashed.nfiles } : {}),
  };
}

/** What a person has changed would be gone; what is in the cache would not, as an update's that was killed before it was noted. */
async function refuseEdited(
  project: Project,
  stage: Stage,
  out: Output,
  locked: LockedFile | undefined,
): Promise<void> {
  const there = await hashPath(project, out.file);
  if (!there || there.md5 === locked?.md5) return;
  if ((await missingObjects(project.config, there.md5)).length === 0) return;
  throw new DiagnosticError('import-edited', {
    message: `${out.path} was imported, and changed here since: the update would take its place`,
    at: stage.at,
    fix: `move it elsewhere, or restore what was imported: dvc checkout ${stage.address}`,
  });
}
