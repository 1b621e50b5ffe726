import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Fleet } from '../../../../finetuning/serving/fleet.js';
import { createServer } from '../../../../finetuning/serving/http/create-server.js';
import { ServerMetrics } from '../../../../finetuning/serving/http/metrics.js';

describe('a server with keys', () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    // No model is open yet: whoever is let in is told so.
    const sizes = { maxBatch: 1, maxLength: 8, maxContext: 8 };
    const fleet = new Fleet({ sizes, maxQueue: 1, maxWaitMs: 0, log: () => undefined });
    app = createServer({
      fleet,
      metrics: new ServerMetrics(() => 0),
      keys: ['a-key'],
      adminKeys: ['an-operator'],
      maxBody: 1024,
      timeout: 1,
      version: '0',
      isDraining: () => false,
      onFault: (error) => {
        throw error;
      },
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => app.close());

  /** The target goes as it stands: a client that means well would write it as everybody does. */
  const statusOf = (method: string, path: string, key?: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const { port } = app.server.address() as AddressInfo;
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
      request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end(method === 'POST' ? '{"inputs":"a"}' : undefined);
    });

  it.each([
    ['POST', '/v1/classify'],
    ['POST', '/%761/classify'],
    ['POST', '/v%31/completions?x=1'],
    ['POST', '/v1/chat/%63ompletions'],
    ['POST', 'http://anything/v1/classify'],
    ['POST', 'HTTP://anything/%76%31/classify'],
    ['GET', '/%761/models'],
    ['HEAD', '/%761/models'],
    ['POST', '/%61dmin/turn'],
  ])('lets nobody in without one: %s %s', async (method, path) => {
    expect(await statusOf(method, path)).toBe(401);
  });

  it('lets in who has one, and answers anybody who asks how it is', async () => {
    expect(await statusOf('POST', '/%761/classify', 'a-key')).toBe(503);
    expect(await statusOf('GET', '/v1/models', 'an-operator')).toBe(200);
    for (const path of ['/health/live', '/metrics', '/openapi.json'])
      expect([path, await statusOf('GET', path)]).toEqual([path, 200]);
    expect(await statusOf('GET', '/v1/nothing')).toBe(404);
  });
});
