import type { Connection as TemporalConnection, ConnectionOptions } from '@temporalio/client';
import { answerClosedCalls } from './closed-calls.js';
import type { RemoteTarget } from './target.js';
import { Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from './temporal-client.js';
import { connectionDiagnostic } from './temporal-error.js';

const CONNECT_MS = 10_000;

/**
 * Connects a client, and asks at once what would fail later: whether the namespace exists and may be used.
 *
 * @throws DiagnosticError `temporal-unreachable`, `temporal-denied`, `temporal-namespace-missing`
 */
export async function connectRemote(target: Omit<RemoteTarget, 'kind'>): Promise<TemporalConnection> {
  const { address, namespace, options } = target;
  const { tls, apiKey, metadata } = options;
  let connection: TemporalConnection | undefined;
  try {
    connection = await Connection.connect({
      address,
      connectTimeout: CONNECT_MS,
      interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), answerClosedCalls],
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata: metadata as NonNullable<ConnectionOptions['metadata']> }),
    });
    const service = connection.workflowService;
    await connection.withDeadline(Date.now() + CONNECT_MS, () => service.describeNamespace({ namespace }));
    return connection;
  } catch (cause) {
    await connection?.close();
    throw connectionDiagnostic(address, namespace, cause);
  }
}
