import { setMaxListeners } from 'node:events';
import { Context } from '@temporalio/activity';
import {
  checkoutOutputs,
  checkpointKey,
  fetchRun,
  formatLockEntry,
  missingAllowed,
  parseLockEntry,
  readLockEntry,
  readParams,
  restoreRun,
  saveOutputs,
  stageStatus,
  type LockEntry,
  type Pipeline,
  type Stage,
  type StageChange,
} from '../dvc/index.js';
import { DiagnosticError } from '../diagnostics/index.js';
import { projectDefaults, removeCheckpoints, settingsOf, withUploads, type Turn } from '../runner/index.js';
import {
  fetchInputs,
  openRemoteIfAny,
  openWorkspace,
  pullInputs,
  pullOutputs,
  updateImport,
} from '../workspaces/index.js';
import type { RunStageInput, RunStageResult } from '../workflows/index.js';
import { absentState, type AbsentState } from './absent-state.js';
import { Beat } from './beat.js';
import type { ActivityDependencies } from './dependencies.js';
import type { GpuMeter } from './gpu-meter.js';
import { inCheckout } from './in-checkout.js';
import { keep, savingOf } from './keep-results.js';
import { refusingLate } from './refusing-late.js';
import { recentPipeline } from './recent-pipeline.js';
import { runOnDevices } from './run-on-devices.js';
import type { Work } from './stage-work.js';
import { sweepTurns, withTurn } from './with-turn.js';
import { openCheckpointStore } from './checkpoint-store.js';

/** Brings one stage's outs up to date: not at all, from the run cache, or by running its command. */
export async function runStage(
  deps: ActivityDependencies,
  input: RunStageInput,
  meter: GpuMeter,
): Promise<RunStageResult> {
  const started = Date.now();
  const beat = new Beat(deps, input, meter);
  try {
    const { cancellationSignal } = Context.current();
    // Each object that crosses listens to it, and many do at a time: Node would warn of a leak.
    setMaxListeners(0, cancellationSignal);
    const { folder, isPrivate } = await openWorkspace(deps, input.workspace, cancellationSignal);
    const pipeline = await recentPipeline(folder, input.run);
    const stage = findStage(pipeline, input.address);
    const inputs = new Map(
      Object.entries(input.inputs ?? {}).map(([address, text]) => [address, parseLockEntry(text)]),
    );
    const absent = isPrivate ? await absentState(pipeline, input.workspace, inputs) : undefined;
    const { project } = pipeline;
    const pulls = input.pull === true && !isPrivate;
    const remote = pulls ? await openRemoteIfAny(project, undefined) : absent?.remote;
    const work: Work = { deps, input, pipeline, project, stage, absent, pulls, remote, inputs, beat, meter };
    const result = await inCheckout({ root: project.root, isPrivate }, () => bringUpToDate(work));
    return {
      address: input.address,
      ...result,
      seconds: (Date.now() - started) / 1000,
      usage: meter.usage,
      host: deps.hostId,
    };
  } finally {
    beat.stop();
  }
}

type Outcome = Pick<RunStageResult, 'outcome' | 'lockEntry' | 'bytes'>;

/** What a stage came to, when its outs are those of `entry`. */
function made(outcome: 'ran' | 'restored', entry: LockEntry): Outcome {
  const bytes = (entry.outs ?? []).reduce((sum, { size = 0 }) => sum + size, 0);
  return { outcome, lockEntry: formatLockEntry(entry), bytes };
}

function findStage(pipeline: Pipeline, address: string): Stage {
  const stage = pipeline.stages.find((candidate) => candidate.address === address);
  if (stage) return stage;
  throw new DiagnosticError('stage-vanished', {
    message: `${address} was in the plan, and is no longer in the pipeline`,
    fix: 'run again: a new plan is made from the files as they are now',
  });
}

async function bringUpToDate(work: Work): Promise<Outcome> {
  const { input, pipeline, project, stage, absent, beat } = work;
  if (looksAtSource(stage, input)) {
    beat.update({ message: 'looking at the source' });
    const updated = await updateImport(project, stage, Context.current().cancellationSignal);
    if (updated) {
      await keep(work, updated);
      return made('ran', updated);
    }
    // Whoever reads it brings it.
    if (absent) return { outcome: 'skipped', bytes: 0 };
  }
  const locked = await readLockEntry(project, stage);
  const force = isForced(work) && !(input.updateImports && stage.imports !== undefined);
  if (!force) {
    const lenient = missingAllowed(pipeline, stage);
    const known = absent?.files ?? (input.allowMissing ? lenient : undefined);
    const changes = await stageStatus(project, stage, locked, readParams, known);
    if (changes.length === 0 && (!absent || (await isKept(absent, locked))))
      return { outcome: 'skipped', bytes: 0 };
    if (work.pulls && (await stageStatus(project, stage, locked, readParams, lenient)).length === 0) {
      beat.update({ message: 'pulling outs' });
      if (await pullOutputs({ pipeline, stage, signal: Context.current().cancellationSignal }))
        return { outcome: 'restored', bytes: 0 };
    }
    if (!runsCommand(stage)) return await takeOutputs(work, locked, changes);
  }
  if (!runsCommand(stage)) return await takeOutputs(work, locked, []);
  refuseEmpty(stage);
  if (absent) await bringInputs(work, absent);
  if (work.pulls) await pullInputs({ pipeline, stage, signal: Context.current().cancellationSignal });
  const key = await checkpointKey(project, stage, readParams);
  if (!isForced(work)) {
    const restored = await restore(work, locked, key);
    if (restored) {
      await keep(work, restored);
      if (Context.current().info.attempt > 1 || input.attempt > 1) await tidyUp(work, key);
      return made('restored', restored);
    }
  }
  return await withTurn(work, key, (turn) => execute(work, locked, key, turn));
}

async function execute(work: Work, locked: LockEntry | undefined, key: string, turn: Turn): Promise<Outcome> {
  const { project, stage, absent, beat } = work;
  // An equal stage may have ended between the look and the turn; also one of this host that was killed before it had pushed.
  const restored = isForced(work) ? undefined : await restore(work, locked, key);
  if (restored) {
    await keep(work, restored);
    return made('restored', restored);
  }
  const settings = settingsOf(stage, projectDefaults(project.root));
  const checkpoints = await openCheckpointStore(project, absent, settings, key);
  const isOurs = async (): Promise<boolean> => !(await turn.isPassedOn());
  const unlessPassedOn = refusingLate(isOurs, stage.address);
  const entry = await withUploads(checkpoints, isOurs, async (uploads) => {
    await runOnDevices(work, { key, settings, checkpoints, uploads, passedOn: turn.passedOn });
    await unlessPassedOn();
    beat.update({ message: 'saving outs' });
    const saved = await saveOutputs(project, stage, readParams, locked, savingOf(work));
    await keep(work, saved, { hasTurn: true });
    await unlessPassedOn();
    return saved;
  });
  await removeCheckpoints(project.root, key);
  await checkpoints?.remove();
  return made('ran', entry);
}

/** An earlier attempt made the outs, and ended before it had removed what nobody needs any longer. */
async function tidyUp(work: Work, key: string): Promise<void> {
  const { project, stage, absent } = work;
  const settings = settingsOf(stage, projectDefaults(project.root));
  await removeCheckpoints(project.root, key);
  await (await openCheckpointStore(project, absent, settings, key))?.remove();
  await sweepTurns(work, key);
}

async function isKept(absent: AbsentState, entry: LockEntry | undefined): Promise<boolean> {
  for (const { md5 } of entry?.outs ?? []) if (md5 !== undefined && !(await absent.isKept(md5))) return false;
  return true;
}

async function bringInputs(
  { pipeline, stage, inputs, beat, project }: Work,
  absent: AbsentState,
): Promise<void> {
  beat.update({ message: 'fetching deps' });
  await fetchInputs({
    project,
    pipeline,
    stage,
    entryOf: absent.entryOf,
    isMade: ({ address }) => inputs.has(address),
    remote: absent.remote,
    signal: Context.current().cancellationSignal,
  });
}

/** Of a frozen stage, nothing before it counts. */
function isForced({ input, stage }: Work): boolean {
  return input.force || (input.upstreamRan === true && !stage.frozen);
}

/** From the run cache of this host, or else from that of the remote. */
async function restore(
  work: Work,
  locked: LockEntry | undefined,
  key: string,
): Promise<LockEntry | undefined> {
  const { input, project, stage, remote } = work;
  const options = { runCache: input.runCache !== false, ...savingOf(work) };
  const local = await restoreRun(project, stage, readParams, locked, options);
  if (local || !remote || !options.runCache) return local;
  const signal = Context.current().cancellationSignal;
  if (!(await fetchRun(project, remote, key, { signal }))) return undefined;
  return await restoreRun(project, stage, readParams, locked, options);
}

/** One that is not frozen is looked at by each run, as `dvc repro` does. */
function looksAtSource({ imports, frozen }: Stage, { updateImports }: RunStageInput): boolean {
  return imports !== undefined && (updateImports === true || !frozen);
}

/** A `.dvc` file has no command, and a frozen stage's is not run. */
function runsCommand(stage: Stage): boolean {
  return stage.cmd !== undefined && !stage.frozen;
}

/** Before its outs are removed, which nothing would make again. @throws DiagnosticError `empty-command` */
function refuseEmpty({ address, cmd = '', locate }: Stage): void {
  if (cmd.length > 0) return;
  throw new DiagnosticError('empty-command', {
    message: `${address} has an empty command`,
    at: locate(['cmd']),
    fix: 'write a command, or keep its outs with dvc add in place of a stage',
  });
}

/** Outs that no command makes: what is gone comes back from the cache, what a person changed is taken as it is now. */
async function takeOutputs(
  work: Work,
  locked: LockEntry | undefined,
  changes: readonly StageChange[],
): Promise<Outcome> {
  const { project, stage } = work;
  if (locked && changes.some((change) => change.kind === 'out' && change.reason === 'deleted')) {
    await checkoutOutputs(project, stage, locked);
    return { outcome: 'restored', bytes: 0 };
  }
  return made('ran', await saveOutputs(project, stage, readParams, locked, savingOf(work)));
}
