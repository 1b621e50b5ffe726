import { getEventListeners, getMaxListeners } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openS3Store, type ObjectStore, type S3Options } from '../../storage/index.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { describeStore } from './conformance.js';

describeWithS3('S3Store', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server.stop());

  describeStore('in a bucket', () => openS3Store(server.options(server.makeBucket())));
  describe('takes credentials', () => {
    const store = async (options: Partial<S3Options>) => {
      const { bucket, prefix, endpointUrl } = server.options(server.makeBucket());
      return openS3Store({ bucket, prefix, endpointUrl, ...options });
    };
    const works = async (opened: ObjectStore) => {
      await opened.put('key', Buffer.from('x'));
      expect(await opened.head('key')).toMatchObject({ key: 'key', size: 1 });
    };

    it('of a profile, from a file that is named', async () => {
      const credentialsFile = join(mkdtempSync(join(tmpdir(), 'reprise-aws-')), 'credentials');
      const { accessKeyId, secretAccessKey } = server;
      writeFileSync(
        credentialsFile,
        `[default]\naws_access_key_id = nobody\naws_secret_access_key = nothing\n` +
          `[team]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
      );
      await works(await store({ profile: 'team', credentialsFile }));
      const wrong = await store({ profile: 'default', credentialsFile });
      await expect(wrong.put('key', Buffer.from('x'))).rejects.toMatchObject({ code: 'remote-denied' });
    });

    it('from the environment', async () => {
      const before = { ...process.env };
      Object.assign(process.env, server.env);
      try {
        await works(await store({}));
      } finally {
        process.env = before;
      }
    });

    it('not at all, when it is to be nobody', async () => {
      const nobody = await store({ anonymous: true });
      await expect(nobody.put('key', Buffer.from('x'))).rejects.toMatchObject({ code: 'remote-denied' });
    });
  });

  it('lets many transfers listen to one signal, which Node else warns of, and leaves none of them there', async () => {
    const store = await openS3Store(server.options(server.makeBucket()));
    const { signal } = new AbortController();
    const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
    await Promise.all(keys.map((key) => store.put(key, Buffer.from(key), { signal })));
    expect(getMaxListeners(signal)).toBe(Infinity);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  describeStore('below a prefix', () => openS3Store(server.options(server.makeBucket(), 'some/where')));
});
