import type { TrialRef, Workspace } from '../../workflows/index.js';

export type TrialName = Pick<TrialRef, 'sweep' | 'label'>;

/** Of a trial of a git repository: Temporal and the branch's name are all that knows of it while it runs. */
export const branchOf = ({ sweep, label }: TrialName): string => `reprise/${sweep}-${label}`;

const LABEL = /^reprise\/(.+)-(\d{3,4}(?:-r\d+)?)$/;

/** The trial that a run's workspace is of; undefined where it is none, or not of a repository. */
export function trialOf(workspace: Workspace): TrialName | undefined {
  const found = workspace.kind === 'git' ? LABEL.exec(workspace.branch ?? '') : null;
  const [, sweep, label] = found ?? [];
  return sweep === undefined || label === undefined ? undefined : { sweep, label };
}
