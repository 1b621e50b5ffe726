import { openProject } from '../../dvc/status.js';
import { resolveTarget, type ConnectionFlags } from './target.js';

/** Folder of the project whose own server is spoken to; on a server of others nothing of a project need be here. */
export async function sessionRoot(flags: ConnectionFlags, cwd: string): Promise<string> {
  return resolveTarget(flags).kind === 'embedded' ? (await openProject(cwd)).root : cwd;
}
