import { existsSync } from 'node:fs';
import { basename, relative, sep } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import {
  loadPipeline,
  openProject,
  select,
  type Pipeline,
  type Selection,
  type Stage,
} from '../../dvc/status.js';
import { projectDefaults, settingsOf } from '../../runner/project.js';

/** A project as it stands on this machine, read and checked. */
export interface LocalProject {
  readonly root: string;
  /** For people: the folder's name. */
  readonly name: string;
  readonly pipeline: Pipeline;
  /** What the command is about, in the order in which it would run. */
  readonly selected: readonly Stage[];
}

/**
 * Finds whatever would stop a run before it starts: bad YAML, templates, cycles, settings, and deps that nobody makes.
 *
 * @param options `dataIsHere: false` when data need not be here: the workers' folder is another one than ours, or it may be missing
 * @throws DiagnosticError with the place in the file
 */
export async function openLocalProject(
  cwd: string,
  selection: Omit<Selection, 'cwd'>,
  { dataIsHere = true } = {},
): Promise<LocalProject> {
  const project = await openProject(cwd);
  const pipeline = await loadPipeline(project);
  const selected = select(pipeline, { ...selection, cwd });
  const defaults = projectDefaults(project.root);
  for (const stage of selected) settingsOf(stage, defaults);
  if (dataIsHere) checkDependencies(pipeline, selected);
  return { root: project.root, name: basename(project.root), pipeline, selected };
}

function checkDependencies(pipeline: Pipeline, selected: readonly Stage[]): void {
  const outs = pipeline.stages.flatMap((stage) => stage.outs.map((out) => out.file));
  for (const stage of selected) {
    for (const dep of stage.deps) {
      if (existsSync(dep.file) || outs.some((out) => overlap(out, dep.file))) continue;
      throw new DiagnosticError('missing-dep', {
        message: `${stage.address} needs ${relative(pipeline.project.root, dep.file)}, which is not there and which no stage makes`,
        at: dep.at,
        fix: 'create it, correct the path, or bring it with `dvc pull` or `dvc add`',
      });
    }
  }
}

const overlap = (a: string, b: string): boolean => a === b || a.startsWith(b + sep) || b.startsWith(a + sep);
