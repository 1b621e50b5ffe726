import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasNotice, noticeSource } from '../../../workers/preemption/notices.js';

describe('notices of preemption', () => {
  let server: Server;
  let answer: { status: number; body: string };
  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  it.each([
    [404, '', false],
    [500, 'true', false],
    [200, 'FALSE', false],
    [200, '', false],
    [200, 'TRUE', true],
    [200, '{"action": "stop", "time": "2026-01-01T00:00:00Z"}', true],
  ])('of any URL: %d %j is %s', async (status, body, expected) => {
    answer = { status, body };
    expect(await hasNotice(noticeSource(url()))).toBe(expected);
  });

  it('are read as each cloud writes them', () => {
    const [aws, gcp, azure] = ['aws', 'gcp', 'azure'].map(noticeSource);
    expect([aws?.isNotice(404, ''), aws?.isNotice(200, '{"action":"terminate"}')]).toEqual([false, true]);
    expect([gcp?.isNotice(200, 'FALSE\n'), gcp?.isNotice(200, 'TRUE\n')]).toEqual([false, true]);
    const event = (type: string) => `{"Events":[{"EventId":"1","EventType":"${type}"}]}`;
    expect(['Freeze', 'Preempt'].map((type) => azure?.isNotice(200, event(type)))).toEqual([false, true]);
  });

  it('are not there when nobody answers', async () => {
    expect(await hasNotice(noticeSource('http://127.0.0.1:9/'))).toBe(false);
  });

  it.each(['oracle', 'file:///etc/passwd', ''])('cannot come from %j', (text) => {
    expect(() => noticeSource(text)).toThrow(/--preemption-url cannot be/);
  });
});
