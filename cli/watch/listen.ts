import { once } from 'node:events';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DiagnosticError } from '../../diagnostics/index.js';

export interface Listener {
  readonly address: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** What callers must show as `Authorization: Bearer …`. */
  readonly token: string | undefined;
  onNewData(): Promise<void>;
}

/**
 * Takes `POST /new-data` on this host alone. A page in a browser of this host cannot call it: it can neither send JSON to another
 * origin unasked, nor come under this host's name.
 *
 * @throws DiagnosticError `port-taken`
 */
export async function listen({ port, token, onNewData }: ListenOptions): Promise<Listener> {
  const server = createServer((request, response) => {
    request.resume();
    const status = refusal(request, token);
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    onNewData().then(
      () => response.writeHead(202).end(),
      () => response.writeHead(503).end(),
    );
  });
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw new DiagnosticError('port-taken', {
      message: `port ${port} cannot be listened on: ${(cause as Error).message}`,
      fix: 'name another one, or 0 for any that is free',
      cause,
    });
  }
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/new-data`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** HTTP status of what is not for us. */
function refusal(request: IncomingMessage, token: string | undefined): number | undefined {
  if (request.url !== '/new-data') return 404;
  if (request.method !== 'POST') return 405;
  const host = request.headers.host?.replace(/:\d+$/, '');
  if (host !== '127.0.0.1' && host !== 'localhost') return 403;
  if (!request.headers['content-type']?.startsWith('application/json')) return 415;
  if (token !== undefined && !equal(request.headers.authorization ?? '', `Bearer ${token}`)) return 401;
  return undefined;
}

/** In a time that does not tell how much of it is right. */
function equal(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
