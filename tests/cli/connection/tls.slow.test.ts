import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { checkedEvents } from '../../rig/event-schema.js';
import { makeProject } from '../../rig/project.js';
import { endAll, reprise, startReprise } from '../../rig/reprise.js';
import { until } from '../../rig/servers.js';
import { startTemporal } from '../../rig/temporal.js';
import { makeCertificates, startTlsProxy } from '../../rig/tls-proxy.js';

afterEach(endAll);

const certificates = makeCertificates();
let env: TestWorkflowEnvironment;
let proxy: Awaited<ReturnType<typeof startTlsProxy>>;
beforeAll(async () => {
  env = await startTemporal();
  proxy = await startTlsProxy(env.address, certificates);
});
afterAll(async () => {
  proxy?.close();
  await env?.teardown();
});

const settings = (authority = certificates.authority) => ({
  TEMPORAL_ADDRESS: proxy.address,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority,
  TEMPORAL_TLS_CLIENT_CERT_PATH: certificates.client.certificate,
  TEMPORAL_TLS_CLIENT_KEY_PATH: certificates.client.key,
});

const project = () => makeProject({ 'dvc.yaml': 'stages:\n  a: {cmd: echo a > a, outs: [a]}\n' });

describe('a Temporal server behind TLS', () => {
  it('is spoken to by worker and client, with a client certificate and an authority of its own', async () => {
    const root = project();
    const worker = startReprise(['worker'], root, settings());
    await until('the worker serves', () => worker.stdout().includes('queues'));
    const end = await reprise(['repro', '--json'], root, settings());
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(checkedEvents(end.stdout).at(-1)).toMatchObject({ event: 'end', status: 'succeeded' });
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });

  it.each([
    ['an authority that did not sign for it', () => settings(makeCertificates().authority)],
    ['no TLS', () => ({ TEMPORAL_ADDRESS: proxy.address })],
  ])('is refused with %s, in words', async (_, env) => {
    const end = await reprise(['repro'], project(), env());
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(/localhost:\d+/);
    expect(end.stderr).toMatch(/fix: /);
    expect(end.stderr).not.toMatch(/^\s+at /m);
  });
});
