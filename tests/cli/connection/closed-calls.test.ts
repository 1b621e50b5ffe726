import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { answerClosedCalls } from '../../../cli/connection/closed-calls.js';

/** A port at which everything is hung up. */
async function hangingUp(): Promise<{ readonly address: string; close(): void }> {
  const server = createServer((socket) => void socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}

describe('a connection that is closed', () => {
  it('answers a call that waits to be tried again, and one that comes later', async () => {
    const server = await hangingUp();
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    process.on('uncaughtException', note);
    try {
      const retry = { ...defaultGrpcRetryOptions(), delayFunction: () => 200 };
      const connection = Connection.lazy({
        address: server.address,
        interceptors: [makeGrpcRetryInterceptor(retry), answerClosedCalls],
      });
      const ask = (): Promise<unknown> =>
        connection.workflowService
          .describeNamespace({ namespace: 'default' })
          .catch((error: unknown) => error);
      const waiting = ask();
      await sleep(100);
      await connection.close();
      const [first, second] = [await waiting, await ask()];
      for (const error of [first, second]) {
        expect(isGrpcServiceError(error)).toBe(true);
        expect(error).toMatchObject({ code: 1, details: 'the connection is closed' });
      }
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', note);
      server.close();
    }
  });
});
