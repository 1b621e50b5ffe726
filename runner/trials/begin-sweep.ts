import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { loadPipeline, openProject, select } from '../../dvc/index.js';
import { projectDefaults } from '../settings/project-settings.js';
import { settingsOf } from '../settings/stage-settings.js';
import { openState } from '../run-folder.js';
import { checkTracked } from './check-tracked.js';
import { freeze } from './freeze.js';
import { checkParams } from './params-file.js';
import { parseMetricName } from './read-metric.js';
import { readRecord } from './record.js';
import { SWEEP_ID, sweepFolder } from './sweep-folder.js';

export interface SweepRequest {
  /** Absolute folder that the sweep is about. */
  readonly folder: string;
  readonly id: string;
  /** Names the workflow's first run: the same sweep may come here twice, another one must not. */
  readonly run: string;
  readonly params: readonly string[];
  readonly metric: string;
  readonly targets: readonly string[];
}

export interface BegunSweep {
  /** Absolute root of the project. */
  readonly root: string;
  /** The sweep's folder, relative to it. */
  readonly folder: string;
  readonly baseline: string;
}

/**
 * Checks what a sweep is to do, and freezes the project for it.
 *
 * @throws DiagnosticError for whatever would make every trial fail
 */
export async function beginSweep(request: SweepRequest): Promise<BegunSweep> {
  const { folder, id, run, params, metric, targets } = request;
  if (!SWEEP_ID.test(id)) {
    throw new DiagnosticError('bad-sweep-name', {
      message: `${id} cannot be a sweep's name`,
      expected: 'letters, digits, - and _, at most 60',
      fix: 'choose another name',
    });
  }
  const project = await openProject(folder);
  const { root } = project;
  await openState(root);
  const sweep = sweepFolder(root, id);
  const before = await readRecord(root, id);
  if (existsSync(sweep.path) && before && before.run !== run) {
    throw new DiagnosticError('sweep-exists', {
      message: `this project has a sweep ${id} already`,
      at: { file: relative(root, sweep.record) },
      fix: 'choose another name, or leave the name out',
    });
  }
  parseMetricName(metric);
  const pipeline = await loadPipeline(project);
  await checkParams(folder, params, select(pipeline, { targets, cwd: folder }));
  await mkdir(sweep.path, { recursive: true });
  const frozen = await freeze(root, sweep);
  const stages = await checkTracked(pipeline, relative(root, folder), targets, sweep, frozen);
  const defaults = projectDefaults(root);
  for (const stage of stages) settingsOf(stage, defaults);
  return {
    root,
    folder: relative(root, join(folder)),
    baseline: frozen.baseline,
  };
}
