import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** Stands before an HTTP server and passes on what comes. */
export interface HttpRelay {
  readonly endpoint: string;
  stop(): void;
}

/**
 * @param first the first request like this one, `METHOD /path`, is passed on when `before` has been called
 */
export async function startRelay(target: string, first: RegExp, before: () => void): Promise<HttpRelay> {
  const { hostname, port } = new URL(target);
  let isOpen = false;
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    if (!isOpen && first.test(`${method} ${path}`)) {
      isOpen = true;
      before();
    }
    const passed = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing, () => undefined);
    });
    passed.on('error', () => outgoing.destroy());
    pipeline(incoming, passed, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
