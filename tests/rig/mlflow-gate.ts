import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

/** Stands before a real tracking server, as an ingress does: asks for a token, is down, loses answers. */
export interface MlflowGate {
  readonly uri: string;
  /** Breaks every connection. */
  down: boolean;
  /** Of the calls that write, each so manieth is done, and its answer lost; 0: none. */
  losesEach: number;
  readonly lost: () => number;
  close(): Promise<void>;
}

export async function startGate(upstream: string, token?: string): Promise<MlflowGate> {
  let calls = 0;
  let lost = 0;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (gate.down) {
      request.socket.destroy();
      return;
    }
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      request.resume();
      response.writeHead(401, { 'content-type': 'text/plain' }).end('who are you?');
      return;
    }
    const loses = gate.losesEach > 0 && request.method !== 'GET' && ++calls % gate.losesEach === 0;
    const { host: _, ...headers } = request.headers;
    const onward = ask(
      `${upstream}${request.url}`,
      { method: request.method ?? 'GET', headers },
      (answer) => {
        if (loses) {
          lost++;
          answer.resume();
          answer.once('end', () => request.socket.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.once('error', () => request.socket.destroy());
    request.pipe(onward);
  };
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gate: MlflowGate = {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    down: false,
    losesEach: 0,
    lost: () => lost,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return gate;
}
