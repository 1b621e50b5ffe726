import { DiagnosticError } from '../diagnostics/index.js';

const ANSWER_MS = 20_000;
/** Too many requests, and a server that timed out: worth another try, unlike the other refusals. */
const PASSING = new Set([408, 425, 429]);

/**
 * Posts JSON to the address that a variable holds. Errors name the variable: the address is the secret.
 *
 * @throws DiagnosticError `notification-refused`, `secret-missing`, `bad-address`: no use to try again; Error: try again
 */
export async function postJson(
  urlEnv: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const url = addressIn(urlEnv);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
      // A redirect would carry the headers to a place that nobody configured.
      redirect: 'manual',
    });
  } catch (error) {
    throw new Error(`the address in ${urlEnv} does not answer${codeOf(error)}`);
  }
  await response.body?.cancel();
  if (response.ok) return;
  const message = `the address in ${urlEnv} answered with HTTP ${response.status}`;
  if (response.status >= 500 || PASSING.has(response.status)) throw new Error(message);
  throw new DiagnosticError('notification-refused', {
    message,
    fix: `correct ${urlEnv} in the worker's environment`,
  });
}

/** @throws DiagnosticError `secret-missing` */
export function secretIn(variable: string): string {
  const value = process.env[variable];
  if (value !== undefined && value !== '') return value;
  throw new DiagnosticError('secret-missing', {
    message: `${variable} is not set in the worker's environment`,
    at: { file: '.reprise/config.yaml' },
    fix: `start the worker with ${variable}`,
  });
}

function addressIn(variable: string): URL {
  const url = URL.canParse(secretIn(variable)) ? new URL(secretIn(variable)) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new DiagnosticError('bad-address', {
    message: `${variable} does not hold an http or https address`,
    fix: `correct ${variable} in the worker's environment`,
  });
}

function codeOf(error: unknown): string {
  const { cause, name } = error as Error & { cause?: { code?: string } };
  const code = cause?.code ?? (name === 'TimeoutError' ? 'timeout' : undefined);
  return code === undefined ? '' : ` (${code})`;
}
