import { jest } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransientRemoteError, openS3Store, type ObjectStore } from '../../storage/index.js';
import { startRelay } from '../rig/http-relay.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';

const scratch = () => mkdtempSync(join(tmpdir(), 'reprise-s3-test-'));

function largeFile(bytes: number): { readonly file: string; readonly content: Buffer } {
  const file = join(scratch(), 'large');
  const content = randomBytes(bytes);
  writeFileSync(file, content);
  return { file, content };
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describeWithS3('S3Store, when things go wrong', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server.stop());

  const failure = async (
    work: Promise<unknown>,
  ): Promise<{ code?: string; message: string; fix?: string }> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error)) throw new Error('it succeeded');
    return error;
  };

  /** Each thing that a store does. */
  const everything = (store: ObjectStore): (() => Promise<unknown>)[] => [
    () => store.get('key'),
    () => store.download('key', join(scratch(), 'file')),
    () => store.put('key', Buffer.from('x')),
    () => store.list('')[Symbol.asyncIterator]().next(),
  ];

  it('goes on when the clock of this host jumps, and when it is set right again', async () => {
    const store = await openS3Store(server.options(server.makeBucket()));
    const now = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now');
    try {
      for (const hours of [0, 49, -49, 0]) {
        clock.mockImplementation(() => now() + hours * 3_600_000);
        const keys = [1, 2, 3, 4].map((n) => `${hours}/${n}`);
        await Promise.all(keys.map((key) => store.put(key, Buffer.from(key))));
        clock.mockImplementation(() => now() - hours * 1_800_000);
        expect(await Promise.all(keys.map((key) => store.head(key)))).toMatchObject(
          keys.map((key) => ({ key })),
        );
      }
    } finally {
      clock.mockRestore();
    }
  });

  it('says that the clock is wrong when the server never takes it, and that it may be tried again', async () => {
    // A server whose answers tell another time than the one that it judges by.
    const skewed = createServer((request, response) => {
      request.resume();
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end(
        '<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>',
      );
    });
    await new Promise<void>((resolve) => skewed.listen(0, '127.0.0.1', resolve));
    const { port } = skewed.address() as AddressInfo;
    const store = await openS3Store({ ...server.options('bucket'), endpointUrl: `http://127.0.0.1:${port}` });
    const error = await failure(store.get('key'));
    skewed.close();
    expect(error).toBeInstanceOf(TransientRemoteError);
    expect(error).toMatchObject({
      code: 'clock-skewed',
      fix: expect.stringContaining('set the clock') as string,
    });
  });

  it('says of each request that credentials have expired, which whoever waits may see renewed', async () => {
    const refusing = createServer((request, response) => {
      request.resume();
      // As Amazon's does; an answer to HEAD has no body.
      response.writeHead(400, { 'content-type': 'application/xml' });
      response.end(
        request.method === 'HEAD'
          ? undefined
          : '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>',
      );
    });
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const { port } = refusing.address() as AddressInfo;
    const store = await openS3Store({ ...server.options('bucket'), endpointUrl: `http://127.0.0.1:${port}` });
    try {
      for (const act of [() => store.head('key'), ...everything(store)]) {
        const error = await failure(act());
        expect(error).toBeInstanceOf(TransientRemoteError);
        expect(error.code).toBe('credentials-expired');
      }
    } finally {
      refusing.close();
    }
  });

  it('reads a file of credentials again when they are rotated, under an open store too', async () => {
    const { accessKeyId, secretAccessKey, ...options } = server.options(server.makeBucket());
    const credentialsFile = join(scratch(), 'credentials');
    const write = (secret = ''): void =>
      writeFileSync(
        credentialsFile,
        `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secret}\n`,
      );
    const rotating = { ...options, credentialsFile, configFile: join(scratch(), 'config') };
    write('of-yesterday');
    const before = await openS3Store(rotating);
    expect(await failure(before.put('key', Buffer.from('x')))).toMatchObject({ code: 'remote-denied' });
    write(secretAccessKey);
    await (await openS3Store(rotating)).put('key', Buffer.from('x'));
    const now = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 61_000);
    try {
      await before.put('key', Buffer.from('x'));
    } finally {
      clock.mockRestore();
    }
  });

  it('goes on when the server dies in the middle of a large file and comes back', async () => {
    const { file, content } = largeFile(40 << 20);
    const store = await openS3Store(server.options(server.makeBucket()));
    const killAt = (bytes: number) => {
      let seen = 0;
      let restarted: Promise<void> | undefined;
      const onBytes = (more: number) => {
        seen += more;
        if (seen >= bytes) restarted ??= server.kill().then(() => server.restart());
      };
      return { onBytes, restarted: () => restarted };
    };
    const up = killAt(10 << 20);
    await store.put('large', { file }, up);
    expect(up.restarted()).toBeDefined();
    await up.restarted();
    const down = killAt(10 << 20);
    const target = join(scratch(), 'target');
    expect(await store.download('large', target, down)).toBe(content.length);
    expect(down.restarted()).toBeDefined();
    await down.restarted();
    expect(digest(readFileSync(target))).toBe(digest(content));
  });

  it.each([100_000, (8 << 20) + 100_000])(
    'goes on with a file of %i bytes whose answer breaks off',
    async (size) => {
      const { file, content } = largeFile(size);
      const bucket = server.makeBucket();
      await (await openS3Store(server.options(bucket))).put('key', { file });
      const relay = await startRelay(server.endpoint, { first: /^GET .*key/, cutAfter: 70_000 });
      const store = await openS3Store({ ...server.options(bucket), endpointUrl: relay.endpoint });
      const target = join(scratch(), 'target');
      let bytes = 0;
      expect(await store.download('key', target, { onBytes: (more) => (bytes += more) })).toBe(size);
      relay.stop();
      expect(digest(readFileSync(target))).toBe(digest(content));
      expect(bytes).toBe(size);
    },
  );

  it('asks again for what was damaged on the way', async () => {
    const { file, content } = largeFile(100_000);
    const bucket = server.makeBucket();
    await (await openS3Store(server.options(bucket))).put('key', { file });
    const relay = await startRelay(server.endpoint, { first: /^GET .*key/, flipped: true });
    const store = await openS3Store({ ...server.options(bucket), endpointUrl: relay.endpoint });
    const target = join(scratch(), 'target');
    let bytes = 0;
    await store.download('key', target, { onBytes: (more) => (bytes += more) });
    relay.stop();
    expect(digest(readFileSync(target))).toBe(digest(content));
    expect(bytes).toBe(100_000);
  });

  it('counts each byte once', async () => {
    const { file } = largeFile((20 << 20) + 7);
    const store = await openS3Store(server.options(server.makeBucket()));
    let bytes = 0;
    await store.put('large', { file }, { onBytes: (more) => (bytes += more) });
    expect(bytes).toBe((20 << 20) + 7);
    await store.download('large', join(scratch(), 'target'), { onBytes: (more) => (bytes -= more) });
    expect(bytes).toBe(0);
  });

  it('leaves nothing of an upload that is stopped', async () => {
    const { file } = largeFile(40 << 20);
    const bucket = server.makeBucket();
    const store = await openS3Store(server.options(bucket));
    const stop = new AbortController();
    const work = store.put('large', { file }, { signal: stop.signal, onBytes: () => stop.abort() });
    expect((await failure(work)).message).toMatch(/abort/i);
    expect(await store.head('large')).toBeUndefined();
    const left = readdirSync(server.folder(bucket), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map((entry) => entry.name)).toEqual([]);
  });

  it('says that there is no such bucket', async () => {
    for (const work of everything(await openS3Store(server.options('no-such-bucket'))))
      expect(await failure(work())).toMatchObject({
        code: 'no-bucket',
        fix: expect.stringContaining('s3://no-such-bucket') as string,
      });
  });

  it('says that the credentials are refused, without showing them', async () => {
    const options = server.options(server.makeBucket());
    for (const wrong of [{ secretAccessKey: 'not-the-secret' }, { accessKeyId: 'nobody-knows' }]) {
      for (const work of everything(await openS3Store({ ...options, ...wrong }))) {
        const { code, message, fix } = await failure(work());
        expect(code).toBe('remote-denied');
        expect(`${message}${fix}`).not.toMatch(new RegExp(`not-the-secret|${server.secretAccessKey}`));
      }
    }
  });

  it('says that nobody answers, and that it may be tried again', async () => {
    const store = await openS3Store({ ...server.options('bucket'), endpointUrl: 'http://127.0.0.1:9' });
    const failures = await Promise.all(
      [...everything(store), () => store.head('key')].map((work) => failure(work())),
    );
    for (const error of failures) {
      expect(error).toBeInstanceOf(TransientRemoteError);
      expect(error).toMatchObject({ code: 'remote-unreachable' });
      expect(error.message).toContain('http://127.0.0.1:9');
    }
  });

  it('says that the server has too much to do, and that it may be tried again', async () => {
    const busy: Server = createServer((_, response) => response.writeHead(503).end());
    await new Promise<void>((listening) => busy.listen(0, '127.0.0.1', () => listening()));
    const { port } = busy.address() as AddressInfo;
    const store = await openS3Store({ ...server.options('bucket'), endpointUrl: `http://127.0.0.1:${port}` });
    const error = await failure(store.head('key'));
    expect(error).toBeInstanceOf(TransientRemoteError);
    expect(error.code).toBe('remote-busy');
    busy.close();
  });

  it('notices what was damaged in the store', async () => {
    const bucket = server.makeBucket();
    const store = await openS3Store(server.options(bucket));
    await store.put('key', Buffer.from('right'));
    chmodSync(join(server.folder(bucket), 'key'), 0o644);
    writeFileSync(join(server.folder(bucket), 'key'), 'wrong');
    expect((await failure(store.download('key', join(scratch(), 'file')))).code).toBe('damaged-object');
  });

  it.each(['localhost:9000', 'ftp://host', 'http://', 'not a url'])(
    'refuses the endpoint %j',
    async (endpointUrl) => {
      const error = await failure(openS3Store({ bucket: 'b', prefix: '', endpointUrl }));
      expect(error.code).toBe('bad-config');
    },
  );
});
