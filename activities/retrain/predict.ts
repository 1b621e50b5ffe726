import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Context } from '@temporalio/activity';
import { DiagnosticError } from '../../diagnostics/index.js';
import { addToCache, hashPath, loadPipeline, outputsAt, type Stage } from '../../dvc/index.js';
import { insideProject, readProduction } from '../../promotion/index.js';
import { runCommand } from '../../runner/index.js';
import { fetchInputs } from '../../workspaces/index.js';
import type { ContentReference, PredictInput } from '../../workflows/index.js';
import { absentState } from '../absent-state.js';
import type { ActivityDependencies } from '../dependencies.js';
import { keep } from './checkout-contents.js';
import { remoteOf, restore } from './contents.js';
import { openProduction, openRetrained, type RetrainedProject } from './open-project.js';

const ADDRESS = 'retrain.predict';
const GRACE_SECONDS = 10;

/**
 * Lets the model in production answer today's test rows: runs the project's `predict` command, with the model's folder in
 * `REPRISE_MODEL` and the file that it is to write in `REPRISE_PREDICTIONS`. A checkout has what the stage reads that makes the
 * candidate's predictions.
 *
 * @returns that file
 * @throws CommandFailed; DiagnosticError `cache-missing`, `production-changed`, `missing-predictions`
 */
export async function predict(deps: ActivityDependencies, input: PredictInput): Promise<ContentReference> {
  const { settings } = input;
  const project = await openRetrained(deps, input.workspace);
  const now = await openProduction(deps, input.workspace);
  const production = await readProduction(now.root, settings.final);
  if (production?.version !== input.production) {
    throw new DiagnosticError('production-changed', {
      message: `version ${input.production} is no longer in production`,
      fix: 'run it again',
    });
  }
  const model = await restore(now, production.model);
  await fetchTestRows(project, settings.predictions);
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
  return await keepAnswers(project, answers, file);
}

async function fetchTestRows(project: RetrainedProject, predictions: string): Promise<void> {
  const { workspace, root } = project;
  if (workspace.kind === 'path') return;
  const pipeline = await loadPipeline(project);
  const { entryOf, remote } = await absentState(pipeline, workspace);
  const file = await insideProject(root, predictions);
  const signal = Context.current().cancellationSignal;
  for (const { stage } of outputsAt(file, pipeline.stages, entryOf))
    await fetchInputs({ project, pipeline, stage, entryOf, isMade: () => false, remote, signal });
}

/** Where whichever host judges them finds them. */
async function keepAnswers(project: RetrainedProject, path: string, file: string): Promise<ContentReference> {
  const hashed = await hashPath(project, file);
  if (!hashed) {
    throw new DiagnosticError('missing-predictions', {
      message: `the predict command ended well, and wrote no ${path}`,
      at: { file: join('.reprise', 'config.yaml') },
      fix: 'let it write the file that REPRISE_PREDICTIONS names',
    });
  }
  await addToCache(project.config, hashed);
  await keep(project, await remoteOf(project), hashed.md5);
  return { path, md5: hashed.md5 };
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
