import { Context } from '@temporalio/activity';
import {
  checkoutOutputs,
  checkpointKey,
  formatLockEntry,
  hashPath,
  loadPipeline,
  openProject,
  readLockEntry,
  readParams,
  removeOutputs,
  restoreRun,
  saveOutputs,
  saveRun,
  stageStatus,
  type LockEntry,
  type Project,
  type Stage,
  type StageChange,
} from '../dvc/index.js';
import { DiagnosticError } from '../diagnostics/index.js';
import { projectDefaults, removeCheckpoints, runCommand, settingsOf } from '../runner/index.js';
import type { RunStageInput, RunStageResult } from '../workflows/index.js';
import { Beat } from './beat.js';
import type { ActivityDependencies } from './dependencies.js';
import { openWorkspace } from './workspace.js';

/** Brings one stage's outs up to date: not at all, from the run cache, or by running its command. */
export async function runStage(deps: ActivityDependencies, input: RunStageInput): Promise<RunStageResult> {
  const started = Date.now();
  const beat = new Beat(deps, input.address, input.attempt);
  try {
    const root = await openWorkspace(deps.root, input.workspace);
    const { project, stage } = await findStage(root, input.address);
    const result = await bringUpToDate(deps, input, project, stage, beat);
    return { address: input.address, ...result, seconds: (Date.now() - started) / 1000 };
  } finally {
    beat.stop();
  }
}

async function findStage(root: string, address: string): Promise<{ project: Project; stage: Stage }> {
  const project = await openProject(root);
  const stage = (await loadPipeline(project)).stages.find((candidate) => candidate.address === address);
  if (stage) return { project, stage };
  throw new DiagnosticError('stage-vanished', {
    message: `${address} was in the plan, and is no longer in the pipeline`,
    fix: 'run again: a new plan is made from the files as they are now',
  });
}

async function bringUpToDate(
  deps: ActivityDependencies,
  input: RunStageInput,
  project: Project,
  stage: Stage,
  beat: Beat,
): Promise<Pick<RunStageResult, 'outcome' | 'lockEntry'>> {
  const locked = await readLockEntry(project, stage);
  if (!input.force) {
    const changes = await stageStatus(project, stage, locked, readParams);
    if (changes.length === 0) return { outcome: 'skipped' };
    if (!runsCommand(stage)) return await takeOutputs(project, stage, locked, changes);
    const restored = await restoreRun(project, stage, readParams, locked);
    if (restored) {
      await saveRun(project, stage, restored);
      return { outcome: 'restored', lockEntry: formatLockEntry(restored) };
    }
  }
  if (!runsCommand(stage)) return await takeOutputs(project, stage, locked, []);
  const key = await checkpointKey(project, stage, readParams);
  await removeOutputs(project, stage);
  await runOnDevices(deps, input, project, stage, key, beat);
  beat.update({ message: 'saving outs' });
  const entry = await saveOutputs(project, stage, readParams, locked);
  await saveRun(project, stage, entry);
  await removeCheckpoints(project.root, key);
  return { outcome: 'ran', lockEntry: formatLockEntry(entry) };
}

/** A `.dvc` file has no command, and a frozen stage's is not run. */
function runsCommand(stage: Stage): boolean {
  return stage.cmd !== undefined && !stage.frozen;
}

/** Outs that no command makes: what is gone comes back from the cache, what a person changed is taken as it is now. */
async function takeOutputs(
  project: Project,
  stage: Stage,
  locked: LockEntry | undefined,
  changes: readonly StageChange[],
): Promise<Pick<RunStageResult, 'outcome' | 'lockEntry'>> {
  if (locked && changes.some((change) => change.kind === 'out' && change.reason === 'deleted')) {
    await checkoutOutputs(project, stage, locked);
    return { outcome: 'restored' };
  }
  return {
    outcome: 'ran',
    lockEntry: formatLockEntry(await saveOutputs(project, stage, readParams, locked)),
  };
}

async function runOnDevices(
  deps: ActivityDependencies,
  input: RunStageInput,
  project: Project,
  stage: Stage,
  key: string,
  beat: Beat,
): Promise<void> {
  const settings = settingsOf(stage, projectDefaults(project.root));
  const signal = Context.current().cancellationSignal;
  const gpus = input.fallback ? 0 : settings.gpus;
  await deps.gpus.hold(gpus, signal, async (leased) => {
    const limit = AbortSignal.timeout(Math.min(settings.timeout * 1000, LONGEST_TIMER_MS));
    const command = runCommand({
      root: project.root,
      stage,
      key,
      attempt: input.attempt,
      grace: settings.grace,
      devices: gpus > 0 || input.fallback ? leased : undefined,
      executable: deps.executable,
      signal: AbortSignal.any([signal, limit]),
      digest: async (folder) => (await hashPath(project, folder))?.md5,
      onUpdate({ pid, progress, checkpoint, tail }) {
        const metrics = Object.entries(progress.metrics ?? {}).filter(
          (entry): entry is [string, number] => entry[1] !== null,
        );
        beat.update({
          tail,
          ...(pid === undefined ? {} : { pid }),
          ...(progress.step === undefined ? {} : { step: progress.step }),
          ...(progress.total === undefined ? {} : { total: progress.total }),
          ...(progress.message === undefined ? {} : { message: progress.message }),
          ...(metrics.length === 0 ? {} : { metrics: Object.fromEntries(metrics) }),
          ...(checkpoint === undefined ? {} : { checkpoint }),
        });
      },
    });
    try {
      await command;
    } catch (error) {
      if (!limit.aborted || signal.aborted) throw error;
      throw new DiagnosticError('stage-timeout', {
        message: `${stage.address} ran for longer than its timeout of ${settings.timeout} s, and was ended`,
        at: stage.locate(['meta', 'reprise', 'timeout']),
        fix: 'raise meta.reprise.timeout; finished checkpoints are kept',
        cause: error,
      });
    }
  });
}

/** What a timer of Node can hold, about 24 days: a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
