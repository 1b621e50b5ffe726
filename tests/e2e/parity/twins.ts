import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFiles } from '../../rig/project.js';
import type { Judge } from './judge.js';

export interface ParityStep {
  readonly name: string;
  /** A shell script; lines that begin with `dvc ` are dvc's. */
  readonly do?: string;
  /** Of `dvc repro`; default: `-P`. */
  readonly args?: readonly string[];
  /** Folder in the project. */
  readonly cwd?: string;
  /** It fails, for both. */
  readonly refused?: true;
  /** How a stage's outs come to be up to date is told in other words. */
  readonly sameOutcomes?: false;
}

/** A small project, and what happens to it. */
export interface ParityCase extends Omit<ParityStep, 'do'> {
  readonly files?: Readonly<Record<string, string>>;
  /** As `do`, before anything is run. */
  readonly setup?: string;
  /** What is wrong with one stage is told by dvc when it comes to it, and by us before the first. */
  readonly sameState?: false;
  /** dvc fetches all runs at once, and keeps a "run" of a frozen stage that was none: we do not. */
  readonly exceptRuns?: true;
  readonly steps?: readonly ParityStep[];
}

/** The same project twice, in folders of one name: one for dvc, one for us. */
export interface Twins {
  readonly theirs: string;
  readonly ours: string;
}

/** @param folder where they lie, each in one of its own */
export async function makeTwins(folder: string, { files, setup }: ParityCase, judge: Judge): Promise<Twins> {
  const theirs = join(folder, 'theirs', 'project');
  const ours = join(folder, 'ours', 'project');
  writeFiles(theirs, {
    '.dvc/.gitignore': '/config.local\n/tmp\n/cache\n',
    '.dvc/config': '',
    '.dvcignore': '',
    ...files,
  });
  execFileSync('git', ['init', '-q'], { cwd: theirs });
  await runScript(theirs, setup ?? '', judge);
  mkdirSync(dirname(ours), { recursive: true });
  copy(dirname(theirs), dirname(ours));
  return { theirs, ours };
}

/** With times and modes, and what lies beside the project. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', `${from}/.`, to]);
}

export async function runScript(root: string, script: string, judge: Judge): Promise<void> {
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) execFileSync('bash', ['-ec', lines.join('\n')], { cwd: root });
    lines = [];
  };
  for (const line of script.split('\n')) {
    if (line.startsWith('dvc ')) {
      flush();
      const words = line.slice('dvc '.length).match(/'[^']*'|[^\s']+/g) ?? [];
      await judge.ok(root, ...words.map((word) => word.replaceAll("'", '')));
    } else if (line.trim() !== '') lines.push(line);
  }
  flush();
}

/** Not the project's: git's and ours, and what dvc keeps for itself. */
const LEFT_OUT = ['.git', '.reprise', '.dvc/tmp', '.dvc/cache/reprise', 'cache/reprise'];
const LONGEST_SHOWN = 4000;

/** Every file and link of a project with its mode and content, the cache's too; and the folders of the workspace. */
export function snapshot(root: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (inner: string): void => {
    for (const name of readdirSync(join(root, inner))) {
      const path = join(inner, name);
      if (LEFT_OUT.includes(path)) continue;
      const info = lstatSync(join(root, path));
      const mode = (info.mode & 0o7777).toString(8);
      if (info.isDirectory()) {
        // When an empty folder of the cache is made is of no matter.
        if (!path.startsWith('.dvc')) found[`${path}/`] = mode;
        visit(path);
      } else if (info.isSymbolicLink())
        found[path] = `-> ${readlinkSync(join(root, path)).replace(root, '…')}`;
      else
        found[path] = `${mode}${info.nlink > 1 ? ', shared' : ''} ${shown(readFileSync(join(root, path)))}`;
    }
  };
  visit('');
  return found;
}

function shown(content: Buffer): string {
  return content.length > LONGEST_SHOWN || content.includes(0)
    ? createHash('md5').update(content).digest('hex')
    : content.toString('utf8');
}
