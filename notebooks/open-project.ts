import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot, loadBaseConfig, projectLayout, type BaseConfig } from '../configs/index.js';
import { DiagnosticError } from '../diagnostics/index.js';
import { fileStoreOf, readStoredRuns, trackingTarget, type StoredRun } from '../tracking/index.js';
import { show } from './show.js';
import { makerOf, stageStates, type StageState } from './stage-states.js';

export type Split = 'train' | 'val' | 'test';

/**
 * A finetuning project as a notebook sees it. What no stage has made yet is empty or undefined, and a line under the cell says which
 * stage makes it: a notebook runs through at any time.
 */
export interface NotebookProject {
  /** Absolute. */
  readonly root: string;
  readonly name: string;
  readonly task: BaseConfig['task'];
  /** The prepared rows: those with a `label` and a `text` or an `image`, or those of a language model. */
  rows<Row extends object = Record<string, string>>(split: Split): Promise<readonly Row[]>;
  /** A .jsonl file of the project, such as reports/predictions.jsonl. */
  lines<Line extends object>(path: string): Promise<readonly Line[]>;
  /** A .json file of the project, such as metrics.json. */
  json<Value>(path: string): Promise<Value | undefined>;
  /** Trainings and evaluations, oldest first. */
  runs(): Promise<readonly StoredRun[]>;
  /** The stages of dvc.yaml. */
  stages(): Promise<readonly StageState[]>;
}

/**
 * The project that a folder lies in.
 *
 * @param from a notebook's own folder, which is where kernels start
 * @throws DiagnosticError `no-project`, `file-missing`, `bad-config`; and when a file is read, `bad-json`
 */
export function openProject(from: string = process.cwd()): NotebookProject {
  const root = findProjectRoot(from);
  const { name, task } = loadBaseConfig(root);
  const text = async (path: string): Promise<string | undefined> => {
    const file = join(root, path);
    if (existsSync(file)) return readFileSync(file, 'utf8');
    const stage = await makerOf(root, file);
    await note(`${path} is not there yet${stage === undefined ? '' : `: run \`reprise repro ${stage}\``}`);
    return undefined;
  };
  const lines = async <Line extends object>(path: string): Promise<readonly Line[]> =>
    ((await text(path)) ?? '')
      .split('\n')
      .flatMap((line, at) => (line === '' ? [] : [parsed<Line>(line, path, at + 1)]));
  return {
    root,
    name,
    task,
    lines,
    rows: (split) => lines(projectLayout[split]),
    json: async <Value>(path: string) => {
      const content = await text(path);
      return content === undefined ? undefined : parsed<Value>(content, path);
    },
    runs: async () => {
      const target = trackingTarget(fileStoreOf(root));
      if (target.kind === 'server') {
        await note(`runs are on ${target.uri}: look there`);
        return [];
      }
      const runs = await readStoredRuns(target.folder);
      if (runs.length === 0) await note('no training was tracked yet: run `reprise repro finetune_model`');
      return runs;
    },
    stages: () => stageStates(root),
  };
}

const note = (text: string): Promise<void> => show({ 'text/plain': text });

function parsed<Value>(text: string, file: string, line?: number): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw new DiagnosticError('bad-json', {
      message: `${file}${line === undefined ? '' : `, line ${line},`} is not JSON: ${(cause as Error).message}`,
      at: { file, ...(line === undefined ? {} : { line }) },
      fix: 'run the stage that makes it again',
      cause,
    });
  }
}
