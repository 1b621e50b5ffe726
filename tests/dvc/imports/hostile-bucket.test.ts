import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Source } from '../../../dvc/imports/s3-source.js';
import { openS3Store } from '../../../storage/index.js';

/** A server of S3 whose keys are whatever somebody wants them to be: those on files cannot be. */
describe('a bucket of somebody else', () => {
  let server: Server;
  let keys: readonly string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (searchParams.has('list-type')) {
        const items = keys.map(
          (key) => `<Contents><Key>${key}</Key><Size>1</Size><ETag>"e"</ETag></Contents>`,
        );
        const xml = `<ListBucketResult><IsTruncated>false</IsTruncated>${items.join('')}</ListBucketResult>`;
        response.writeHead(200, { 'content-type': 'application/xml' }).end(xml);
      } else if (keys.some((key) => pathname === `/bucket/${key}`))
        response
          .writeHead(200, { 'content-length': 1, etag: '"e"' })
          .end(request.method === 'HEAD' ? undefined : 'x');
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const source = async (): Promise<S3Source> =>
    new S3Source(
      await openS3Store({
        bucket: 'bucket',
        prefix: '',
        endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        accessKeyId: 'a',
        secretAccessKey: 'b',
        region: 'us-east-1',
      }),
      'data',
    );

  it.each(['data/../../escaped.txt', 'data//escaped.txt'])(
    'has no object brought to another place: %s',
    async (key) => {
      keys = ['data/a.txt', key];
      const to = join(mkdtempSync(join(tmpdir(), 'reprise-bucket-')), 'project', 'data');
      await expect((await source()).download(to)).rejects.toMatchObject({ code: 'path-escape' });
      expect(existsSync(join(to, '../../escaped.txt'))).toBe(false);
      expect(existsSync(to)).toBe(false);
    },
  );

  it('may have objects that stand for folders', async () => {
    keys = ['data/', 'data/a.txt', 'data/sub/'];
    const to = join(mkdtempSync(join(tmpdir(), 'reprise-bucket-')), 'data');
    await (await source()).download(to);
    expect(readFileSync(join(to, 'a.txt'), 'utf8')).toBe('x');
    expect(await (await source()).describe()).toMatchObject({ nfiles: 1, size: 1 });
  });
});
