import { DiagnosticError } from '../../diagnostics/index.js';
import { projectRunId } from '../../runner/project.js';
import { resolveTarget, type ConnectionFlags } from '../connection/target.js';

/** What is run of a repository. What is left out is as the workflow has it. */
export interface GitPlace {
  readonly url: string;
  readonly rev?: string;
  readonly branch?: string;
  readonly path?: string;
  readonly remote?: string;
  readonly asOf?: string;
}

export interface GitProject {
  /** For people. */
  readonly project: string;
  /** Workflow id of its runs: its other ids begin with it. */
  readonly runId: string;
  readonly workspace: { readonly kind: 'git' } & GitPlace;
}

/**
 * A project that need not be here: its hosts make checkouts of it.
 *
 * @throws DiagnosticError `server-needed`
 */
export function gitProject(place: GitPlace, connection: ConnectionFlags): GitProject {
  if (resolveTarget(connection).kind !== 'remote') {
    throw new DiagnosticError('server-needed', {
      message:
        'a run of a git repository needs a Temporal server that its workers share, and none is configured',
      fix: 'name it (--address, or TEMPORAL_ADDRESS), and start workers with: reprise worker --git URL',
    });
  }
  const { url, path = '.', branch = '' } = place;
  const project = /([^/:]+?)(\.git)?\/*$/.exec(url)?.[1] ?? url;
  return {
    project,
    runId: projectRunId([url, path, branch].join('\0'), project),
    workspace: { kind: 'git', ...place },
  };
}
