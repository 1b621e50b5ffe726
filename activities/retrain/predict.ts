import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Context } from '@temporalio/activity';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Stage } from '../../dvc/index.js';
import { readProduction } from '../../promotion/index.js';
import { runCommand } from '../../runner/index.js';
import type { PredictInput } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { openPathProject } from './open-path-project.js';
import { restore } from './judge-candidate.js';

const ADDRESS = 'retrain.predict';
const GRACE_SECONDS = 10;

/**
 * Lets the model in production answer today's test rows: runs the project's `predict` command, with the model's folder in
 * `REPRISE_MODEL` and the file that it is to write in `REPRISE_PREDICTIONS`.
 *
 * @returns that file, relative to the project
 * @throws CommandFailed; DiagnosticError `cache-missing`, `production-changed`
 */
export async function predict(deps: ActivityDependencies, input: PredictInput): Promise<string> {
  const { settings } = input;
  const project = await openPathProject(deps, input.workspace);
  const production = await readProduction(project.root, settings.final);
  if (production?.version !== input.production) {
    throw new DiagnosticError('production-changed', {
      message: `version ${input.production} is no longer in production`,
      fix: 'run it again',
    });
  }
  const model = await restore(project, production.model);
  const answers = join('.reprise', 'predictions', `v${production.version}.jsonl`);
  const file = join(project.root, answers);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await runCommand({
    root: project.root,
    log: { root: deps.root, run: Context.current().info.workflowExecution?.runId ?? '' },
    checkpoints: undefined,
    stage: commandStage(project.root, settings.predict),
    key: ADDRESS,
    attempt: Context.current().info.attempt,
    grace: GRACE_SECONDS,
    devices: undefined,
    executable: deps.executable,
    env: { REPRISE_MODEL: model, REPRISE_PREDICTIONS: file },
    signal: Context.current().cancellationSignal,
    onUpdate: () => undefined,
  });
  return answers;
}

/** A command that is run as a stage's is, and makes nothing that DVC tracks. */
function commandStage(root: string, cmd: string): Stage {
  const at = { file: join('.reprise', 'config.yaml') };
  return {
    address: ADDRESS,
    name: ADDRESS,
    dvcfile: join(root, 'dvc.yaml'),
    wdir: root,
    cmd,
    deps: [],
    params: [],
    outs: [],
    frozen: false,
    alwaysChanged: true,
    desc: undefined,
    meta: undefined,
    at,
    locate: () => at,
  };
}
