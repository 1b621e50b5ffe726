import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { gitIgnore } from '../../project/index.js';
import type { Output, Project } from '../../types.js';

/** The root of the git repository that holds the project; undefined when DVC is not to touch git. */
function gitRoot(project: Project): string | undefined {
  if (project.config.noScm) return undefined;
  for (let folder = project.root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Names outs in the `.gitignore` beside them, unless git ignores them already.
 *
 * @throws DiagnosticError `output-tracked` when git tracks one: DVC and git cannot both
 */
export async function ignoreInGit(project: Project, outs: readonly Output[]): Promise<void> {
  const root = gitRoot(project);
  if (root === undefined || outs.length === 0) return;
  const paths = outs.map((out) => out.file);
  const tracked = await trackedFiles(root, paths);
  const both = outs.find(({ file }) =>
    tracked.some((name) => join(root, name) === file || join(root, name).startsWith(`${file}/`)),
  );
  if (both) {
    throw new DiagnosticError('output-tracked', {
      message: `${both.path} is tracked by git, and is an out that DVC is to track`,
      at: both.at,
      fix: `git rm -r --cached '${both.path}', and commit that`,
    });
  }
  const written: string[] = [];
  for (const path of paths) {
    if (gitIgnore(project.root)?.isIgnored(path, false)) continue;
    written.push(await addLine(path));
  }
  await stageInGit(project, written);
}

/** None where there is no git program: then nothing here was added with it. */
async function trackedFiles(root: string, paths: readonly string[]): Promise<string[]> {
  const found = await git(root, ['ls-files', '-z', '--', ...paths.map((path) => `:(literal)${path}`)]);
  return found.split('\0').filter((name) => name !== '');
}

/** Serialises writers of one process: stages that end together may share a `.gitignore`. */
let writing: Promise<unknown> = Promise.resolve();

function addLine(path: string): Promise<string> {
  const file = join(dirname(path), '.gitignore');
  const line = `/${basename(path).replace(/[[\]!*#?]/g, '\\$&')}`;
  const done = writing.then(async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.split('\n').includes(line)) return file;
    // A fresh checkout has no folder for what is not in git.
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
    return file;
  });
  writing = done.catch(() => undefined);
  return done;
}

/** `core.autostage`: adds files that a run wrote to git's index. */
export async function stageInGit(project: Project, files: readonly string[]): Promise<void> {
  const root = gitRoot(project);
  if (!project.config.autostage || root === undefined || files.length === 0) return;
  await git(root, ['add', '--', ...new Set(files)]);
}

function git(root: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('git', [...args], { cwd: root, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (!error || (error.code as unknown) === 'ENOENT') resolve(stdout);
      else {
        reject(
          new DiagnosticError('git-failed', {
            message: `git ${args[0] ?? ''} failed: ${stderr.trim() || error.message}`,
            fix: 'repair the repository, or set core.no_scm in .dvc/config',
            cause: error,
            // It was killed, which says nothing of the repository.
            transient: error.signal !== null && error.signal !== undefined,
          }),
        );
      }
    });
  });
}
