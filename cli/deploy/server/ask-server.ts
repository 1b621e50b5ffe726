import { DiagnosticError } from '../../../diagnostics/index.js';

/** What a server has answered. */
export interface ServerAnswer {
  readonly status: number;
  /** Its JSON, or nothing where it is none. */
  readonly body: unknown;
}

export interface ServerRequest {
  /** `http://host:8080` */
  readonly url: string;
  readonly key: string | undefined;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly signal: AbortSignal;
}

/** @throws DiagnosticError `server-unreachable`, `bad-key` */
export async function askServer({ url, key, method, path, signal }: ServerRequest): Promise<ServerAnswer> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  let response: Response;
  try {
    response = await fetch(new URL(path, url), { method, headers, signal });
  } catch (cause) {
    throw unreachable(url, cause);
  }
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  if (response.status === 401)
    throw new DiagnosticError('bad-key', {
      message: `${url} takes no request ${key === undefined ? 'without a key' : 'with this key'}: ${method} ${path}`,
      fix: "set REPRISE_ADMIN_KEYS to the server's key for operators, or REPRISE_API_KEYS to one of its others",
    });
  return { status: response.status, body: parsed(text) };
}

function unreachable(url: string, cause: unknown): DiagnosticError {
  const { cause: inner, message } = cause as Error;
  return new DiagnosticError('server-unreachable', {
    message: `${url} does not answer: ${inner instanceof Error ? inner.message : message}`,
    fix: 'start it with `reprise serve`, or correct --url',
    cause,
    transient: true,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
