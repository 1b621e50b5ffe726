import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { buildGraph } from '../graph/index.js';
import type { Pipeline, Project } from '../types.js';
import { collectStages } from './collect-stages.js';

/**
 * Reads every dvc.yaml and `.dvc` file of a project, resolves their templates, and checks the graph.
 *
 * @throws DiagnosticError `no-dvc-yaml`, `yaml-syntax`, `unknown-key`, `wrong-type`, `missing-key`, `undefined-variable` and other
 *   errors of templates, `output-duplicated`, `output-overlap`, `pipeline-cycle`, `path-outside` and other errors of paths
 */
export async function loadPipeline(project: Project): Promise<Pipeline> {
  const stages = await collectStages(project);
  if (stages.length === 0 && !existsSync(join(project.root, 'dvc.yaml'))) {
    throw new DiagnosticError('no-dvc-yaml', {
      message: `${project.root} has no dvc.yaml, nor has a folder in it`,
      fix: 'write one, or lay out a project with one: reprise init',
    });
  }
  return { project, stages, upstream: buildGraph(stages) };
}
