import { join, sep } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a project's runs and journals are kept. */
export interface TrackingPlace {
  /** Absolute: the project's root, or that of the folder whose worker made this copy of it. */
  readonly home: string;
  /** The sweep, and the trial in it, whose copy of the project this is. */
  readonly trial?: { readonly sweep: string; readonly label: string };
}

/**
 * A checkout or a trial's copy lies in the `.reprise` of another folder and goes when it is done: what is to stay is kept
 * where that one is. A trial is told by the copy's place; a checkout is as any other, and its trial told by what runs in it.
 *
 * @param root absolute
 */
export function trackingPlace(root: string, env: Environment = process.env): TrackingPlace {
  const parts = root.split(sep);
  const at = parts.indexOf('.reprise');
  if (at === -1) return { home: root };
  const home = parts.slice(0, at).join(sep) || sep;
  const [kind, sweep, trials, label] = parts.slice(at + 1);
  if (kind === 'sweeps' && trials === 'trials' && sweep !== undefined && label !== undefined)
    return { home, trial: { sweep, label } };
  const { REPRISE_SWEEP: ofSweep, REPRISE_TRIAL: named } = env;
  return kind === 'workspaces' && ofSweep && named
    ? { home, trial: { sweep: ofSweep, label: named } }
    : { home };
}

/** In the project, as laid out. */
export const fileStoreOf = (home: string): string => join(home, 'experiments', 'mlruns');
