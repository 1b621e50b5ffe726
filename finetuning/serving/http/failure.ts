import { DiagnosticError } from '../../../diagnostics/index.js';
import { EngineLost } from '../engine/engine.js';

/** A refusal as OpenAI's clients read it. */
export interface Failure {
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly code: string;
      readonly param: string | null;
    };
  };
  readonly retryAfter?: number;
}

/** A request that cannot be answered as it stands. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly param: string | null = null,
  ) {
    super(message);
  }
}

/** The request took longer than it may. */
export class TookTooLong extends Error {
  constructor(seconds: number) {
    super(`this took longer than the ${seconds} s that a request may take`);
  }
}

const STATUS: Readonly<Record<string, number>> = { 'queue-full': 429, 'not-ready': 503 };

/** The one place where a failure becomes a status. What is a fault of ours says nothing of the inside. */
export function failureOf(error: unknown): Failure {
  if (error instanceof BadRequest)
    return failure(error.status, 'invalid_request_error', error.code, error.message, error.param);
  if (error instanceof TookTooLong) return failure(504, 'timeout_error', 'timeout', error.message);
  if (error instanceof EngineLost)
    return { ...failure(503, 'server_error', 'model-lost', `${error.message}; try again`), retryAfter: 2 };
  if (error instanceof DiagnosticError) {
    const status = STATUS[error.code] ?? 400;
    const message = error.fix === undefined ? error.message : `${error.message}; ${error.fix}`;
    const type = status === 400 ? 'invalid_request_error' : 'server_error';
    return { ...failure(status, type, error.code, message), ...(status === 400 ? {} : { retryAfter: 1 }) };
  }
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  // Fastify's own: a body that is too large, that is no JSON, of another type.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return failure(statusCode, 'invalid_request_error', 'bad-request', message ?? 'bad request');
  return failure(500, 'server_error', 'unexpected', 'something went wrong in the server; its log says what');
}

function failure(
  status: number,
  type: string,
  code: string,
  message: string,
  param: string | null = null,
): Failure {
  return { status, body: { error: { message, type, code, param } } };
}
