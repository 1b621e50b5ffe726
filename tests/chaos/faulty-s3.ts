import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import type { Dice } from './random.js';

/** What a network and a busy S3 do to requests. Shares are of all requests, in [0, 1]. */
export interface Weather {
  /** Answered with 503 SlowDown or 500 InternalError, without having been done. */
  readonly refused: number;
  /** The connection breaks before, or in the middle of what is sent. */
  readonly cut: number;
  /** It is done, and the answer is lost, whole or from its middle on. */
  readonly lost: number;
  /** Bytes per second of each request, both ways. */
  readonly rate: number;
  /** Milliseconds before a request is passed on, at most. */
  readonly delay: number;
}

export const FAIR: Weather = { refused: 0, cut: 0, lost: 0, rate: Infinity, delay: 0 };

export const WEATHERS: readonly Weather[] = [
  FAIR,
  { refused: 0.3, cut: 0, lost: 0, rate: Infinity, delay: 0 },
  { refused: 0.05, cut: 0.15, lost: 0.15, rate: Infinity, delay: 50 },
  { refused: 0, cut: 0, lost: 0, rate: 200_000, delay: 300 },
  { refused: 0.9, cut: 0.1, lost: 0, rate: Infinity, delay: 0 },
];

/** Stands before a real S3 server, and does to its requests what the weather says. */
export class FaultyS3 {
  weather: Weather = FAIR;
  readonly faults = { refused: 0, cut: 0, lost: 0 };
  requests = 0;
  readonly #server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));

  private constructor(
    readonly target: URL,
    readonly dice: Dice,
  ) {}

  static async start(endpoint: string, dice: Dice): Promise<FaultyS3> {
    const proxy = new FaultyS3(new URL(endpoint), dice);
    proxy.#server.on('clientError', (_, socket) => socket.destroy());
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.requests++;
    const { refused, cut, lost, rate, delay } = this.weather;
    const throw_ = this.dice.next();
    const fate =
      throw_ < refused
        ? 'refused'
        : throw_ < refused + cut
          ? 'cut'
          : throw_ < refused + cut + lost
            ? 'lost'
            : 'passed';
    if (fate !== 'passed') this.faults[fate]++;
    const bytesUntilCut = this.dice.between(0, 100_000);
    incoming.on('error', () => undefined);
    outgoing.on('error', () => undefined);
    if (fate === 'refused') {
      incoming.resume().once('end', () => this.#refuse(outgoing));
      return;
    }
    setTimeout(() => {
      const inner = request({
        host: this.target.hostname,
        port: this.target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
        agent: false,
      });
      const drop = (): void => {
        inner.destroy();
        incoming.socket.destroy();
      };
      inner.on('error', drop);
      inner.on('response', (answer) => {
        answer.on('error', drop);
        if (fate === 'lost' && this.dice.next() < 0.5) {
          answer.resume().once('end', drop);
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        pump(answer, outgoing, rate, fate === 'lost' ? bytesUntilCut : Infinity, drop);
      });
      outgoing.once('close', () => inner.destroy());
      pump(incoming, inner, rate, fate === 'cut' ? bytesUntilCut : Infinity, drop);
    }, this.dice.next() * delay);
  }

  #refuse(outgoing: ServerResponse): void {
    const [status, code] = this.dice.next() < 0.5 ? [503, 'SlowDown'] : [500, 'InternalError'];
    outgoing.writeHead(status as number, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>chaos</Message></Error>`);
  }
}

/** Passes on up to so many bytes at such a rate, and then calls `cut`; with fewer than that, at their end. */
function pump(
  from: NodeJS.ReadableStream,
  to: NodeJS.WritableStream,
  rate: number,
  limit: number,
  cut: () => void,
): void {
  let passed = 0;
  const gate = new Transform({
    transform(chunk: Buffer, _, done) {
      passed += chunk.length;
      if (passed > limit) {
        cut();
        return;
      }
      setTimeout(() => done(null, chunk), rate === Infinity ? 0 : (chunk.length / rate) * 1000);
    },
    flush(done) {
      if (limit === Infinity) done();
      else cut();
    },
  });
  from.pipe(gate).pipe(to);
}
