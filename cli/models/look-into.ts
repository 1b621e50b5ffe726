import { openRegistry, type OpenRegistry } from './open-registry.js';
import type { ModelRevision } from './revision-registry.js';

/**
 * Opens the models of the nearest project, or of a revision, to look at them.
 *
 * @throws DiagnosticError those of `openRegistry`, or of `lookIntoRegistry`, and what the look throws
 */
export async function lookInto<T>(
  cwd: string,
  revision: ModelRevision | undefined,
  look: (open: OpenRegistry) => Promise<T>,
): Promise<T> {
  if (!revision) return await look(await openRegistry(cwd));
  const { lookIntoRegistry } = await import('./revision-registry.js');
  return await lookIntoRegistry(revision, look);
}
