import { realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Output, Pipeline, Stage } from '../types.js';
import { selectAny } from './select.js';
import { namedStages } from './targets.js';

/** Which outs a `push`, `fetch` or `pull` is about; the flags are dvc's. */
export interface OutputSelection {
  /** Stage names, addresses, `.dvc` files, dvc.yaml files, outs' paths; relative to `cwd`. Empty: every out of the project. */
  readonly targets: readonly string[];
  readonly cwd?: string;
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
}

export interface SelectedOutput {
  readonly stage: Stage;
  readonly out: Output;
}

/**
 * The outs that are kept in the cache and that targets name: of a stage all of them, else the one with that path.
 *
 * @throws DiagnosticError `stage-unknown`, `inside-output`
 */
export function selectOutputs(
  pipeline: Pipeline,
  { targets, recursive, ...selection }: OutputSelection,
): readonly SelectedOutput[] {
  const { root } = pipeline.project;
  const cwd = realpathSync(resolve(root, selection.cwd ?? '.'));
  const options = { cwd, ...(recursive && { recursive }) };
  const chosen = new Map<Output, Stage>();
  const addAll = (stages: readonly Stage[]) => {
    for (const stage of stages) for (const out of stage.outs) if (out.cache) chosen.set(out, stage);
  };
  if (targets.length === 0) addAll(pipeline.stages);
  for (const target of targets) {
    const path = resolve(cwd, target);
    const isStage = namedStages(pipeline, target, options).length > 0;
    const exact = pipeline.stages.flatMap((stage) =>
      stage.outs.filter((out) => out.file === path).map((out) => ({ stage, out })),
    );
    if (!isStage && exact.length === 0) refuseInside(pipeline, path, target);
    const reached = selectAny(pipeline, { targets: [target], ...options, singleItem: !selection.withDeps });
    if (isStage || exact.length === 0) addAll(reached);
    else {
      addAll(reached.filter((stage) => !exact.some((found) => found.stage === stage)));
      for (const { stage, out } of exact) if (out.cache) chosen.set(out, stage);
    }
  }
  return [...chosen].map(([out, stage]) => ({ stage, out }));
}

function refuseInside({ stages, project }: Pipeline, path: string, target: string): void {
  const around = stages.flatMap(({ outs }) => outs).find((out) => path.startsWith(out.file + sep));
  if (!around) return;
  throw new DiagnosticError('inside-output', {
    message: `${target} lies inside the out ${relative(project.root, around.file)}, which crosses as a whole`,
    at: around.at,
    fix: 'name the out, or use dvc for a part of it',
  });
}
