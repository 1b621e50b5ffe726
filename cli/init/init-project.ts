import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { ProblemType } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { packageRoot } from '../../infra/locate/index.js';
import type { FirstRecords } from '../../finetuning/index.js';
import { firstCommit, gitInit, gitState, ignoresDvc } from './git.js';
import { withManifest } from './manifest.js';
import { fieldsFor, type ChosenFields } from './fields.js';
import { asFields, withGiven } from './given-fields.js';
import { recordsOf } from './own-columns.js';
import { withOwnData } from './own-data.js';
import { asProblemType, withProblemType } from './problem-types.js';
import { dvcFiles, templateFiles, type ProjectFile } from './project-files.js';
import type { Task } from './tasks.js';
import { withoutOutputs } from './without-outputs.js';

/** What stages and commands fill. Git keeps no empty folders: where they are missing, they are made when they are needed. */
const FOLDERS = [
  'data/raw',
  'data/processed',
  'models/pretrained',
  'models/checkpoints',
  'models/final',
  'experiments/mlruns',
] as const;

export interface InitResult {
  /** Absolute. */
  readonly folder: string;
  readonly written: readonly string[];
  /** Already there with the same content, or the user's. */
  readonly kept: readonly string[];
  /** A repository was made for it. */
  readonly gitInit: boolean;
  readonly committed: boolean;
  /** Of records of one's own: what `preprocessing.fields` has, whether it is guessed, and the columns, where it is not among them. */
  readonly fields?: ChosenFields;
}

/**
 * Lays out a finetuning project: the template, the presets, what `dvc init` writes, and a git repository if none has
 * the folder. Needs neither DVC nor a network. Run again on a finished project, it changes nothing.
 *
 * @throws DiagnosticError `not-a-folder`, `files-exist`, `dvc-ignored`, those of `withOwnData`, `asProblemType`, `asFields` and `withGiven`
 */
export async function initProject(options: {
  readonly folder: string;
  /** `text-classification`, if absent. */
  readonly task?: Task;
  /** In place of the template's own: a path, or a source as `ingestion.source` takes it. */
  readonly data?: string;
  /** What is said of a text: as `finetuning.problem_type`; one of the labels, if absent. */
  readonly problemType?: string;
  /** Which columns are what, as `role=column`. What is not said is found by names and contents. */
  readonly fields?: readonly string[];
  /** Asks a person, where columns are not known by their names. */
  readonly askForFields?: (sample: FirstRecords, likely: ChosenFields) => Promise<ChosenFields>;
  /** Replace files of the same name. DVC's config is kept even so. */
  readonly force?: boolean;
  readonly commit?: boolean;
}): Promise<InitResult> {
  const folder = resolve(options.folder);
  await checkFolder(folder);
  const task = options.task ?? 'text-classification';
  const common = withManifest(await templateFiles(packageRoot(), task), packageRoot(), folder);
  const problem = asProblemType(options.problemType ?? 'single_label_classification', task, options.data);
  const given = asFields(options.fields ?? [], task, options.data);
  const fields =
    options.data === undefined || task === 'image-classification'
      ? undefined
      : await chosenFields(task, problem, options.data, given, options.askForFields);
  const own =
    options.data === undefined
      ? common
      : await withProblemType(
          withOwnData(common, task, options.data, folder, fields),
          problem,
          packageRoot(),
        );
  // The notebooks' outputs are those of the demo: of another task, or of other data, they would say what is not so.
  const isDemo = options.data === undefined && task === 'text-classification';
  const template = isDemo ? own : own.map(withoutOutputs);
  // Nothing is made before it is known that everything can be.
  const early = await plan(folder, template);
  if (early.conflicts.length > 0 && !options.force) throw conflict(folder, early.conflicts);

  await mkdir(folder, { recursive: true });
  const git = await gitState(folder);
  if (git.kind === 'inside' && (await ignoresDvc(folder)))
    throw new DiagnosticError('dvc-ignored', {
      message: `the repository of ${folder} ignores .dvc, so that DVC cannot work there`,
      fix: "add '!.dvc' to its .gitignore",
    });
  if (git.kind === 'outside') await gitInit(folder);

  const { write, kept, conflicts } = await plan(folder, [...dvcFiles(git.kind !== 'no-git'), ...template]);
  for (const file of [...write, ...conflicts]) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
    if (file.executable) await chmod(path, 0o755);
  }
  for (const path of FOLDERS) await mkdir(join(folder, path), { recursive: true });
  const written = [...write, ...conflicts].map(({ path }) => path).sort();
  const committed =
    git.kind === 'outside' && options.commit !== false
      ? await firstCommit(
          folder,
          [...written, ...kept.map(({ path }) => path)],
          'Lay out a finetuning project',
        )
      : false;
  return {
    folder,
    written,
    kept: kept.map(({ path }) => path).sort(),
    gitInit: git.kind === 'outside',
    committed,
    ...(fields ? { fields } : {}),
  };
}

async function chosenFields(
  task: Exclude<Task, 'image-classification'>,
  problem: ProblemType,
  data: string,
  given: Readonly<Record<string, string>>,
  ask: ((sample: FirstRecords, likely: ChosenFields) => Promise<ChosenFields>) | undefined,
): Promise<ChosenFields> {
  const sample = await recordsOf(data);
  const chosen = withGiven(fieldsFor(task, problem, sample), given, sample?.columns);
  const isOpen = chosen.guessed ?? chosen.notAmong !== undefined;
  if (!sample || !isOpen || !ask || Object.keys(given).length > 0) return chosen;
  return await ask(sample, chosen);
}

interface Plan {
  readonly write: readonly ProjectFile[];
  readonly kept: readonly ProjectFile[];
  /** There already, with something else in them. */
  readonly conflicts: readonly ProjectFile[];
}

async function plan(folder: string, files: readonly ProjectFile[]): Promise<Plan> {
  const write: ProjectFile[] = [];
  const kept: ProjectFile[] = [];
  const conflicts: ProjectFile[] = [];
  for (const file of files) {
    const now = await existing(join(folder, file.path));
    if (now === undefined) write.push(file);
    else if (file.keep || now.equals(file.content)) kept.push(file);
    else conflicts.push(file);
  }
  return { write, kept, conflicts };
}

async function existing(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DiagnosticError('not-a-file', {
      message: `${path} is in the way (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      at: { file: path },
      fix: 'move it away',
      cause,
    });
  }
}

async function checkFolder(folder: string): Promise<void> {
  const what = await stat(folder).catch(() => undefined);
  if (!what || what.isDirectory()) return;
  throw new DiagnosticError('not-a-folder', {
    message: `${folder} is a file`,
    at: { file: folder },
    fix: 'name a folder; it is made if it does not exist',
  });
}

function conflict(folder: string, files: readonly ProjectFile[]): DiagnosticError {
  const shown = relative(process.cwd(), folder) || '.';
  return new DiagnosticError('files-exist', {
    message: `${shown} already has other files of these names: ${files.map(({ path }) => path).join(', ')}`,
    at: { file: shown },
    fix: 'name another folder, move them away, or replace them with --force',
  });
}
