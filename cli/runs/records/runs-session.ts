import { openSession, sessionRoot, type ConnectionFlags, type Session } from '../../connection/index.js';

/**
 * Connects to the configured server, or to the project's own, which is started for the time that it takes: what its runs
 * were is in its database.
 */
export async function withSession<T>(
  flags: ConnectionFlags,
  use: (session: Session, root: string) => Promise<T>,
): Promise<T> {
  const root = await sessionRoot(flags, process.cwd());
  const session = await openSession({ flags, root });
  try {
    return await use(session, root);
  } finally {
    await session.close();
  }
}
