import type { Published, ReproduceInput, ReproduceResult, Workspace } from '../types.js';
import type { PromoteInput } from './types.js';

/**
 * What a run of a round's stages works in. In git, each goes on from what the one before it published. Results of another
 * revision than the branch's own go to a branch of the run's: on the branch they would take the place of its files.
 */
export function toRunIn(
  workspace: Workspace,
  published?: Published,
): NonNullable<ReproduceInput>['workspace'] {
  if (workspace.kind === 'path') return workspace;
  const { url, path, remote, commit, source, branch } = workspace;
  const place = { kind: 'git' as const, url, path, ...(remote === undefined ? {} : { remote }) };
  const goesOn = published?.branch ?? (source === branch ? branch : undefined);
  if (goesOn === undefined) return { ...place, rev: source ?? commit };
  return { ...place, rev: `refs/heads/${goesOn}`, branch: goesOn };
}

/** The workspace with what a run of its stages made. */
export function withResultsOf(workspace: Workspace, { published, commit }: ReproduceResult): Workspace {
  if (workspace.kind === 'path') return workspace;
  return { ...workspace, commit: published?.commit ?? commit ?? workspace.commit };
}

/** What a promotion, which outlives the round, works in. */
export function toPromoteIn(workspace: Workspace): NonNullable<PromoteInput>['workspace'] {
  if (workspace.kind === 'path') return workspace;
  const { url, path, remote, commit, branch = '' } = workspace;
  return { kind: 'git', url, path, ...(remote === undefined ? {} : { remote }), rev: commit, branch };
}
