import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { openS3Store } from '../../storage/index.js';
import { createClient } from '../../storage/s3/create-client.js';
import { startRelay, type HttpRelay } from '../rig/http-relay.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';

describeWithS3('connections to an S3 server', () => {
  let server: S3Server;
  let relay: HttpRelay;
  beforeAll(async () => {
    server = await startS3();
    relay = await startRelay(server.endpoint);
  });
  afterAll(async () => {
    relay?.stop();
    await server?.stop();
  });

  it('are those of the stores before, which nobody closes', async () => {
    const options = { ...server.options(server.makeBucket()), endpointUrl: relay.endpoint };
    for (let stage = 0; stage < 20; stage++) {
      const store = await openS3Store(options);
      const keys = ['a', 'b', 'c'].map((name) => `${stage}/${name}`);
      await Promise.all(keys.map((key) => store.put(key, Buffer.from(key))));
      expect(await Promise.all(keys.map((key) => store.head(key)))).toMatchObject(
        keys.map((key) => ({ key })),
      );
    }
    // As many as were used at once, give or take one that was not free yet.
    expect(await relay.connections()).toBeLessThan(8);
  });

  it('serve each store with credentials of its own', async () => {
    const options = { ...server.options(server.makeBucket()), endpointUrl: relay.endpoint };
    const store = await openS3Store(options);
    await store.put('key', Buffer.from('x'));
    const other = await openS3Store({ ...options, secretAccessKey: 'wrong' });
    await expect(other.head('key')).rejects.toMatchObject({ code: 'remote-denied' });
    await expect((await openS3Store(options)).head('key')).resolves.toMatchObject({ size: 1 });
  });

  it('are apart where they are made otherwise', async () => {
    const options = server.options('bucket');
    const file = join(mkdtempSync(join(tmpdir(), 'reprise-s3-test-')), 'ca.pem');
    const trusting = async (certificate: string | undefined): Promise<unknown> => {
      writeFileSync(file, certificate ?? '');
      return (await createClient({ ...options, verifyTls: file })).config.requestHandler;
    };
    const handlers = [
      (await createClient(options)).config.requestHandler,
      (await createClient({ ...options, verifyTls: false })).config.requestHandler,
      (await createClient({ ...options, readTimeout: 7 })).config.requestHandler,
      await trusting(rootCertificates[0]),
      // The same file, renewed.
      await trusting(rootCertificates[1]),
    ];
    expect(new Set(handlers).size).toBe(handlers.length);
    expect((await createClient({ ...options, profile: 'other' })).config.requestHandler).toBe(handlers[0]);
  });
});
