import { repositoryName } from '../../activities/index.js';
import { checkRepository, lookAt, type Revision } from '../../workspaces/index.js';
import { registryIn, type OpenRegistry } from './open-registry.js';

/** A revision of a repository whose models are looked at; nothing of it need be here. */
export interface ModelRevision extends Revision {
  /** Name of the DVC remote; absent: the project's default. */
  readonly remote?: string;
}

/**
 * Opens the models as a revision has them, in a checkout that is gone afterwards.
 *
 * @throws DiagnosticError `bad-repository`, `secret-in-url`, `bad-setting`, `bad-config`, and those of `lookAt`
 */
export async function lookIntoRegistry<T>(
  revision: ModelRevision,
  look: (open: OpenRegistry) => Promise<T>,
): Promise<T> {
  const { url } = revision;
  checkRepository(url, [url]);
  return await lookAt(revision, (project) => look(registryIn(project, repositoryName(url))));
}
