import type { Client as TemporalClient, Connection } from '@temporalio/client';
import type { NativeConnection, NativeConnectionOptions } from '@temporalio/worker';
import { openState } from '../../runner/project.js';
import { dataConverter } from '../../workers/payload-codec.js';
import type { EmbeddedServer, ServerChange } from './embedded/embedded-server.js';
import { connectRemote } from './remote.js';
import { resolveTarget, type ConnectionFlags, type Target } from './target.js';
import { Client } from './temporal-client.js';
import { connectionDiagnostic } from './temporal-error.js';

/** A command's connection to its Temporal server. */
export interface Session {
  readonly target: Target;
  readonly address: string;
  readonly namespace: string;
  readonly client: TemporalClient;
  /** Absent when the server is not ours: nobody told us where its UI is. */
  readonly server?: EmbeddedServer;
  /** Address of the server's web UI, where it is known. */
  readonly uiAddress: string | undefined;
  /** Connects a worker. Closed with the session. */
  connectWorker(): Promise<NativeConnection>;
  /** Where a person can watch a run. */
  runAddress(workflowId: string, runId: string): string | undefined;
  close(): Promise<void>;
  /** Leaves at once. */
  abandon(): void;
}

export interface SessionOptions {
  readonly flags: ConnectionFlags;
  /** Root of the DVC project: the embedded server's state is in its `.reprise`. */
  readonly root: string;
  onServerChange?(change: ServerChange): void;
}

/**
 * Connects to the configured server, or to the project's own.
 *
 * @throws DiagnosticError `bad-temporal-config`, `temporal-unreachable`, `temporal-denied`, `temporal-namespace-missing`,
 *   `temporal-cli-missing`, `temporal-server-failed`
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const target = resolveTarget(options.flags);
  if (target.kind === 'remote') {
    return createSession(target, target, await connectRemote(target), undefined);
  }
  const server = await openEmbedded(options);
  try {
    const { address } = server;
    const place = { address, namespace: 'default', options: { address } };
    return createSession(target, place, await connectRemote(place), server);
  } catch (error) {
    await server.release();
    throw error;
  }
}

/** What starts a server is loaded only where there is none of others. */
async function openEmbedded({ root, onServerChange }: SessionOptions): Promise<EmbeddedServer> {
  const { EmbeddedServer } = await import('./embedded/embedded-server.js');
  const { temporalCli } = await import('./temporal-cli.js');
  return await EmbeddedServer.open({
    state: await openState(root),
    executable: await temporalCli(),
    ...(onServerChange ? { onChange: onServerChange } : {}),
  });
}

function createSession(
  target: Target,
  place: { address: string; namespace: string; options: NativeConnectionOptions },
  connection: Connection,
  server: EmbeddedServer | undefined,
): Session {
  const { address, namespace } = place;
  const uiAddress = server?.uiAddress ?? cloudUi(address);
  let native: Promise<NativeConnection> | undefined;
  return {
    target,
    address,
    namespace,
    client: new Client({ connection, namespace, dataConverter }),
    ...(server ? { server } : {}),
    uiAddress,
    connectWorker: () =>
      (native ??= connectNative(place.options).catch((cause: unknown) => {
        throw connectionDiagnostic(address, namespace, cause);
      })),
    runAddress: (workflowId, runId) =>
      uiAddress &&
      `${uiAddress}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}`,
    async close() {
      await (await native?.catch(() => undefined))?.close();
      await connection.close();
      await server?.release();
    },
    abandon: () => server?.abandon(),
  };
}

/** Temporal Cloud has one UI for all its addresses. */
function cloudUi(address: string): string | undefined {
  return /\.(tmprl\.cloud|api\.temporal\.io):\d+$/.test(address) ? 'https://cloud.temporal.io' : undefined;
}

/** Only one that serves loads the library of workers. */
async function connectNative(options: NativeConnectionOptions): Promise<NativeConnection> {
  const { NativeConnection } = await import('@temporalio/worker');
  return await NativeConnection.connect(options);
}
