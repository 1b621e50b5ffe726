import { mkdir } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LockedFile, Output, Project } from '../../types.js';
import { writeBeside } from '../files/write-beside.js';
import { ignoreInGit, stageInGit } from '../git/gitignore.js';
import { describeFile } from '../stage/files.js';
import { commitFile } from '../stage/outputs.js';
import { emitYaml, type YamlValue } from '../yaml/emit.js';

/**
 * As `dvc add`: puts a file or folder of the project into the cache, keeps it out of git, and writes its `.dvc` file beside it.
 * Doing it again changes nothing.
 *
 * @returns what the `.dvc` file says of it
 * @throws DiagnosticError `missing-data`, `output-tracked`, `disk-full`
 */
export async function addData(project: Project, path: string): Promise<LockedFile> {
  const name = basename(path);
  const at = { file: relative(project.root, path) };
  const described = await describeFile(project, name, path, undefined);
  if (!described) {
    throw new DiagnosticError('missing-data', {
      message: `${at.file} is not there`,
      at,
      fix: 'name a file or folder of the project',
    });
  }
  await ignoreInGit(project, [outputAt(project, path)]);
  await commitFile(project, described);
  await writeDataFile(project, path, described.record);
  return described.record;
}

/**
 * Lets DVC track data that need not be here: keeps its place out of git, and writes its `.dvc` file, as {@link addData} would
 * where the data is. Doing it again changes nothing.
 *
 * @param path absolute; where the data would be
 * @throws DiagnosticError `output-tracked`
 */
export async function trackData(
  project: Project,
  path: string,
  { md5, size, nfiles, isexec }: Pick<LockedFile, 'md5' | 'size' | 'nfiles' | 'isexec'>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await ignoreInGit(project, [outputAt(project, path)]);
  await writeDataFile(project, path, {
    path: basename(path),
    ...(md5 === undefined ? {} : { md5 }),
    ...(size === undefined ? {} : { size }),
    ...(nfiles === undefined ? {} : { nfiles }),
    ...(isexec === undefined ? {} : { isexec }),
  });
}

function outputAt(project: Project, path: string): Output {
  const at = { file: relative(project.root, path) };
  return { path: basename(path), file: path, kind: 'out', cache: true, persist: false, at };
}

async function writeDataFile(project: Project, path: string, record: LockedFile): Promise<void> {
  const dvcfile = `${path}.dvc`;
  await writeBeside(dvcfile, dataFileText(record));
  await stageInGit(project, [dvcfile]);
}

/** In the order of keys that `dvc add` writes. */
function dataFileText({ path, md5, size, nfiles, isexec }: LockedFile): string {
  const out = new Map<string, YamlValue>([
    ...(md5 === undefined ? [] : [['md5', md5] as const]),
    ...(size === undefined ? [] : [['size', size] as const]),
    ...(nfiles === undefined ? [] : [['nfiles', nfiles] as const]),
    ...(isexec === undefined ? [] : [['isexec', isexec] as const]),
    ['hash', 'md5'],
    ['path', path],
  ]);
  return emitYaml(new Map([['outs', [out]]])).text;
}
