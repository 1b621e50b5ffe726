import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { askServer, type ServerRequest } from './ask-server.js';

/** Milliseconds between two looks at what is served. */
const EVERY_MS = 250;

const modelList = z.object({ data: z.array(z.object({ id: z.string(), version: z.string() })) });
const refusal = z.object({ error: z.object({ message: z.string(), code: z.string() }) });

export interface TurnOptions {
  readonly url: string;
  /** What is to be served: `v3`. */
  readonly version: string;
  readonly key: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  readonly log: (line: string) => void;
}

/**
 * Has a server turn to the model in production, and waits until it answers with it. The server opens it beside the one
 * that it serves: no request is dropped.
 *
 * @returns what was served before
 * @throws DiagnosticError `server-unreachable`, `bad-key`, `no-such-server`, `not-turned`
 */
export async function turnServer(options: TurnOptions): Promise<{ readonly before: string }> {
  const { version, timeout, log } = options;
  const signal = AbortSignal.timeout(timeout * 1000);
  const before = await servedVersion(options, signal);
  if (before === version) return { before };
  const turned = await askToTurn(options, signal);
  if (!turned) log('the server has no keys for operators: it turns by itself, if it watches production.json');
  let now = before;
  try {
    while (now !== version) {
      await sleep(EVERY_MS, undefined, { signal });
      now = await servedVersion(options, signal);
    }
  } catch (error) {
    throw signal.aborted ? notTurned(options, now) : error;
  }
  return { before };
}

function ask(options: TurnOptions, signal: AbortSignal, question: Pick<ServerRequest, 'method' | 'path'>) {
  const { url, key, timeout } = options;
  return askServer({ url, key, ...question, signal }).catch((error: unknown) => {
    throw signal.aborted ? tookTooLong(url, timeout) : error;
  });
}

/** @returns the version of the model in production there */
async function servedVersion(options: TurnOptions, signal: AbortSignal): Promise<string> {
  const { url } = options;
  const { status, body } = await ask(options, signal, { method: 'GET', path: '/v1/models' });
  const list = modelList.safeParse(body);
  if (status !== 200 || !list.success)
    throw new DiagnosticError('no-such-server', {
      message: `what answers at ${url} is no \`reprise serve\` (status ${status})`,
      fix: 'correct --url: as `reprise serve` says it, such as http://127.0.0.1:8080',
    });
  // Before a first promotion the best of the last training is served.
  return (list.data.data.find(({ id }) => id === 'production') ?? list.data.data[0])?.version ?? 'nothing';
}

/** @returns false where operators cannot ask */
async function askToTurn(options: TurnOptions, signal: AbortSignal): Promise<boolean> {
  const { url } = options;
  const { status, body } = await ask(options, signal, { method: 'POST', path: '/admin/turn' });
  if (status === 200) return true;
  if (status === 404) return false;
  const said = refusal.safeParse(body);
  throw new DiagnosticError('not-turned', {
    message: `${url} stays with what it serves: ${said.success ? said.data.error.message : `status ${status}`}`,
    fix: 'mend that on its host, and deploy again',
  });
}

function notTurned({ url, version, timeout }: TurnOptions, now: string): DiagnosticError {
  return new DiagnosticError('not-turned', {
    message: `${url} has not turned to ${version} within ${timeout} s`,
    expected: version,
    found: now,
    fix: "bring the promotion to the server's project (git pull, reprise pull); start it without --model, and with REPRISE_ADMIN_KEYS or without --no-watch",
  });
}

function tookTooLong(url: string, timeout: number): DiagnosticError {
  return new DiagnosticError('not-turned', {
    message: `${url} has not answered within ${timeout} s`,
    fix: 'look at its log; give it longer with --timeout',
  });
}
