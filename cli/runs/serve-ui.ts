import { once } from 'node:events';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/status.js';
import { openSession, type ConnectionFlags } from '../connection/index.js';
import { listenForInterrupts } from '../interrupts.js';

/**
 * Keeps the project's server up, and says where its UI is, until a signal.
 *
 * @throws DiagnosticError `no-ui` for a server of others
 */
export async function serveUi(options: {
  readonly cwd: string;
  readonly connection: ConnectionFlags;
  readonly json: boolean;
}): Promise<void> {
  const { root } = await openProject(options.cwd);
  const session = await openSession({ flags: options.connection, root });
  const stop = new AbortController();
  // A timer keeps the process: the server's monitor alone does not.
  const alive = setInterval(() => undefined, 60_000);
  const stopListening = listenForInterrupts({
    onCancel: () => stop.abort(),
    onLeave: () => stop.abort(),
    onAbandon: () => session.abandon(),
  });
  try {
    const { address, uiAddress: ui, server } = session;
    if (ui === undefined) {
      throw new DiagnosticError('no-ui', {
        message: `${address} is not a server of ours: where its UI is, its operators know`,
        fix: "unset TEMPORAL_ADDRESS to see the project's own server",
      });
    }
    const event = {
      time: new Date().toISOString(),
      event: 'server',
      state: server?.started ? 'started' : 'found',
      address,
      ui,
    };
    process.stdout.write(options.json ? `${JSON.stringify(event)}\n` : `${ui}\n`);
    if (server && !stop.signal.aborted) await once(stop.signal, 'abort');
  } finally {
    clearInterval(alive);
    await session.close();
    stopListening();
  }
}
