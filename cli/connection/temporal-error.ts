import { DiagnosticError } from '../../diagnostics/index.js';
import { isGrpcServiceError } from './temporal-client.js';

/** Numbers of the gRPC specification (doc/statuscodes.md). */
const status = {
  CANCELLED: 1,
  UNKNOWN: 2,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  ABORTED: 10,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** gRPC codes that a later try of the same call may not meet. */
const PASSING: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.INTERNAL,
  status.UNKNOWN,
  status.CANCELLED,
]);

/** True when the server is away, or too busy, for the moment. */
export function isPassing(error: unknown): boolean {
  const code = grpcCode(error);
  return code !== undefined && PASSING.has(code);
}

/** The gRPC status of a client's error, however deep the SDK wrapped it. */
export function grpcCode(error: unknown): number | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (isGrpcServiceError(at)) return at.code;
  return undefined;
}

/** What a person can do about a server that refuses, or does not answer. */
export function connectionDiagnostic(address: string, namespace: string, cause: unknown): DiagnosticError {
  const code = grpcCode(cause);
  if (code === status.NOT_FOUND) {
    return new DiagnosticError('temporal-namespace-missing', {
      message: `the Temporal server at ${address} has no namespace ${namespace}`,
      fix: 'name one with --namespace or TEMPORAL_NAMESPACE, or create it with `temporal operator namespace create`',
      cause,
    });
  }
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED) {
    return new DiagnosticError('temporal-denied', {
      message: `the Temporal server at ${address} refuses access to the namespace ${namespace}`,
      fix: 'set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, or choose a --profile of temporal.toml',
      cause,
    });
  }
  return new DiagnosticError('temporal-unreachable', {
    message: `no Temporal server answers at ${address}`,
    found: (cause as Error).message,
    fix: 'start it, correct TEMPORAL_ADDRESS or --address (and TLS), or unset it to use the embedded server',
    cause,
  });
}
