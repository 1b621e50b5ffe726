import type { WorkerDescription } from '../../workflows/index.js';
import {
  connectionDiagnostic,
  grpcCode,
  openSession,
  sessionRoot,
  type ConnectionFlags,
} from '../connection/index.js';
import { askWorkers } from './ask-workers.js';
import { seenWorkers, type SeenWorker } from './seen-workers.js';

/** A worker, and what it says of itself; without the latter when it does not answer. */
export interface ListedWorker extends SeenWorker, Partial<Omit<WorkerDescription, keyof SeenWorker>> {
  readonly answers: boolean;
}

/**
 * The workers of the configured server, or of the project's own.
 *
 * @throws DiagnosticError
 */
export async function listWorkers(options: {
  readonly cwd: string;
  readonly connection: ConnectionFlags;
}): Promise<readonly ListedWorker[]> {
  const root = await sessionRoot(options.connection, options.cwd);
  const session = await openSession({ flags: options.connection, root });
  try {
    const seen = await seenWorkers(session.client);
    const answers = await askWorkers(session.client, seen);
    return seen.map((worker) => {
      const answer = answers.get(worker.identity);
      return { ...worker, ...answer, answers: answer !== undefined };
    });
  } catch (error) {
    if (grpcCode(error) === undefined) throw error;
    throw connectionDiagnostic(session.address, session.namespace, error);
  } finally {
    await session.close();
  }
}
