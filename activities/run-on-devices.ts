import { Context } from '@temporalio/activity';
import { DiagnosticError } from '../diagnostics/index.js';
import { removeOutputs } from '../dvc/index.js';
import {
  runCommand,
  type CheckpointStore,
  type CheckpointUploads,
  type EffectiveSettings,
} from '../runner/index.js';
import { LONGEST_METRIC, MOST_METRICS, type RunStageInput } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import type { Work } from './stage-work.js';
import { timeLimit } from './time-limit.js';
import { trialOf } from './sweep/trial-branch.js';

export interface CommandOptions {
  readonly key: string;
  readonly settings: EffectiveSettings;
  readonly checkpoints: CheckpointStore | undefined;
  readonly uploads: CheckpointUploads | undefined;
  /** Ends it, as a cancellation: another attempt has the stage. */
  readonly passedOn: AbortSignal;
}

/**
 * Runs a stage's command on the GPUs and in the memory that it asks for, and tells what it does meanwhile.
 *
 * @throws CommandFailed, CommandStopped; DiagnosticError `stage-timeout`, `gpu-lost`, `too-little-memory`
 */
export async function runOnDevices(
  { deps, input, project, stage, beat, meter }: Work,
  { key, settings, checkpoints, uploads, passedOn }: CommandOptions,
): Promise<void> {
  const signal = AbortSignal.any([Context.current().cancellationSignal, passedOn]);
  const gpus = input.fallback ? 0 : settings.gpus;
  const onDevices = async (leased: readonly number[]): Promise<void> => {
    const { signal: limit, clear } = timeLimit(input.timeout);
    let saved: string | undefined;
    meter.begin(gpus);
    const command = runCommand({
      root: project.root,
      // By host, not by workspace: whoever reads it need not know which of the folders here the run used.
      log: { root: deps.root, run: runOf(input) },
      stage,
      key,
      attempt: input.attempt,
      grace: settings.grace,
      devices: gpus > 0 || input.fallback ? leased : undefined,
      executable: deps.executable,
      env: identityOf(deps, input),
      signal: AbortSignal.any([signal, limit]),
      checkpoints,
      uploads,
      onCleared: () => removeOutputs(project, stage),
      until: input.until,
      onUpdate({ pid, progress, checkpoint, tail }) {
        if (checkpoint && checkpoint.digest !== saved) meter.saved();
        saved = checkpoint?.digest;
        const metrics = carried(progress.metrics);
        beat.update({
          tail,
          ...(pid === undefined ? {} : { pid }),
          ...(progress.step === undefined ? {} : { step: progress.step }),
          ...(progress.total === undefined ? {} : { total: progress.total }),
          ...(progress.message === undefined ? {} : { message: progress.message }),
          ...(metrics ? { metrics } : {}),
          ...(checkpoint === undefined ? {} : { checkpoint }),
        });
      },
    });
    const explained = async (error: unknown): Promise<unknown> => {
      if (gpus === 0 || signal.aborted || (await deps.gpus.areWorking(leased))) return error;
      return new DiagnosticError('gpu-lost', {
        message: `a GPU of ${deps.hostId} failed while ${stage.address} ran on ${leased.join(', ')}`,
        fix: 'see `nvidia-smi` there; the stage goes on from its newest checkpoint on another one',
        cause: error,
        transient: true,
      });
    };
    try {
      await command;
      meter.end(true);
    } catch (error) {
      meter.end(false);
      if (!limit.aborted || signal.aborted) throw await explained(error);
      throw new DiagnosticError('stage-timeout', {
        message: `${stage.address} ran for longer than its timeout of ${input.timeout} s, and was ended`,
        at: stage.locate(['meta', 'reprise', 'timeout']),
        fix: 'raise meta.reprise.timeout; finished checkpoints are kept',
        cause: error,
      });
    } finally {
      clear();
    }
  };
  await deps.memory.hold(settings.memory, signal, () => deps.gpus.hold(gpus, signal, onDevices));
}

/** Those that a heartbeat has room for. */
function carried(
  metrics: Readonly<Record<string, number | null>> = {},
): Readonly<Record<string, number>> | undefined {
  const fitting = Object.entries(metrics).filter(
    (entry): entry is [string, number] => entry[1] !== null && entry[0].length <= LONGEST_METRIC,
  );
  return fitting.length === 0 ? undefined : Object.fromEntries(fitting.slice(0, MOST_METRICS));
}

/** A workflow of somebody else's need not say which run it is. */
function runOf({ run }: RunStageInput): string {
  return run ?? Context.current().info.workflowExecution?.runId ?? 'alone';
}

/** What a command may write down of the run that it is a part of. */
function identityOf({ runAddress }: ActivityDependencies, input: RunStageInput): Record<string, string> {
  const { workflowExecution } = Context.current().info;
  if (!workflowExecution) return {};
  const { workflowId } = workflowExecution;
  const runId = runOf(input);
  const url = runAddress?.(workflowId, runId);
  const trial = trialOf(input.workspace);
  return {
    REPRISE_WORKFLOW_ID: workflowId,
    REPRISE_RUN_ID: runId,
    ...(url === undefined ? {} : { REPRISE_RUN_URL: url }),
    // A trial's copy of a folder tells by its place.
    ...(trial ? { REPRISE_SWEEP: trial.sweep, REPRISE_TRIAL: trial.label } : {}),
  };
}
