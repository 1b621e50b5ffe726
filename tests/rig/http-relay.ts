import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Transform } from 'node:stream';

/** Stands before an HTTP server and passes on what comes. */
export interface HttpRelay {
  readonly endpoint: string;
  /** How many are open to it. */
  connections(): Promise<number>;
  stop(): void;
}

export interface Meddling {
  /** The first request like this one, `METHOD /path`, is meddled with; absent: none is. */
  readonly first?: RegExp;
  /** Called before it is passed on. */
  readonly before?: () => void;
  /** It is passed on once this has come. */
  readonly until?: Promise<unknown>;
  /** Its answer breaks off after so many bytes. */
  readonly cutAfter?: number;
  /** One of its answer's bits is another on the way. */
  readonly flipped?: boolean;
  /** Whether S3 is to refuse the credentials of this request, `METHOD /path`. */
  readonly denied?: (request: string) => boolean;
}

export async function startRelay(
  target: string,
  { first, before, until, cutAfter, flipped, denied }: Meddling = {},
): Promise<HttpRelay> {
  const { hostname, port } = new URL(target);
  let isOver = false;
  // As patient as a server can be: nobody but the client closes a connection.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const isFirst = !isOver && first !== undefined && first.test(`${method} ${path}`);
    isOver ||= isFirst;
    if (isFirst) before?.();
    if (denied?.(`${method} ${path}`)) {
      incoming.resume();
      outgoing.writeHead(403, { 'content-type': 'application/xml' });
      outgoing.end('<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>ended</Message></Error>');
      return;
    }
    const pass = (): void => {
      const passed = request({ hostname, port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        if (isFirst && cutAfter !== undefined) pipeline(answer, cutting(cutAfter), outgoing, () => undefined);
        else if (isFirst && flipped) pipeline(answer, flipping(), outgoing, () => undefined);
        else pipeline(answer, outgoing, () => undefined);
      });
      passed.on('error', () => outgoing.destroy());
      pipeline(incoming, passed, () => undefined);
    };
    if (isFirst && until) void until.then(pass);
    else pass();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function cutting(bytes: number): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      left -= chunk.length;
      if (left > 0) done(null, chunk);
      // What was passed on has to arrive before the connection breaks.
      else setTimeout(() => done(new Error('cut')), 200);
    },
  });
}

function flipping(): Transform {
  let isDone = false;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      if (!isDone && chunk.length > 0) chunk[0] = (chunk[0] as number) ^ 1;
      isDone = true;
      done(null, chunk);
    },
  });
}
