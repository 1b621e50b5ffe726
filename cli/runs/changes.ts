import {
  missingAllowed,
  readLockEntry,
  readParams,
  stageStatus,
  type Stage,
  type StageChange,
} from '../../dvc/status.js';
import type { LocalProject } from './local-project.js';

/** A selected stage, and why it would run; no reasons: it is up to date. */
export interface StageChanges {
  readonly stage: Stage;
  readonly reasons: readonly string[];
  /** True when it would run whatever its files say: it has no deps, or is marked so. */
  readonly always: boolean;
}

export interface ChangesOptions {
  readonly force?: boolean | undefined;
  /** Missing data counts as unchanged. */
  readonly allowMissing?: boolean | undefined;
}

/** What a run would do now, judged by the files alone. A stage below one that would run would run too, as `dvc repro --dry` has it. */
export async function findChanges(
  { pipeline, selected }: LocalProject,
  { force = false, allowMissing = false }: ChangesOptions = {},
): Promise<StageChanges[]> {
  const chosen = new Set(selected.map((stage) => stage.address));
  const changed = new Map<string, StageChanges>();
  const all: StageChanges[] = [];
  for (const stage of selected) {
    const upstream = (pipeline.upstream.get(stage.address) ?? []).filter((address) => chosen.has(address));
    const above = upstream.flatMap((address) => changed.get(address) ?? []);
    const status = await stageStatus(
      pipeline.project,
      stage,
      await readLockEntry(pipeline.project, stage),
      readParams,
      allowMissing ? missingAllowed(pipeline, stage) : undefined,
    );
    const reasons = [
      ...(force ? ['forced'] : []),
      ...changeTexts(status),
      ...(mayBeNew(stage) ? ['its source is looked at'] : []),
      ...above.map((change) => `${change.stage.address} would run`),
    ];
    const own = status.filter((change) => change.kind !== 'always-changed' && change.kind !== 'no-deps');
    const always = own.length === 0 && above.every((change) => change.always) && !force;
    const changes = { stage, reasons, always };
    all.push(changes);
    if (reasons.length > 0) changed.set(stage.address, changes);
  }
  return all;
}

/** Data from a URL or another repository, which files cannot tell of. */
function mayBeNew({ imports, frozen, deps }: Stage): boolean {
  return imports !== undefined && !frozen && deps.length === 0;
}

/** Of a stage that never ran, everything is new: once is enough. */
function changeTexts(changes: readonly StageChange[]): string[] {
  const first = changes.find((change) => change.kind === 'no-lock');
  return (first ? [first] : changes).map(changeText);
}

function changeText({ kind, path, reason }: StageChange): string {
  switch (kind) {
    case 'always-changed':
      return 'it always runs';
    case 'no-deps':
      return 'it has no deps and no outs';
    case 'no-lock':
      return 'it has not run yet';
    case 'cmd':
      return 'its command changed';
    default:
      return `${kind}${path === undefined ? '' : ` ${path}`} ${reason.replaceAll('-', ' ')}`;
  }
}
