import { openS3Store } from '../../storage/index.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { describeStore } from './conformance.js';

describeWithS3('S3Store', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server.stop());

  describeStore('in a bucket', () => openS3Store(server.options(server.makeBucket())));
  describeStore('below a prefix', () => openS3Store(server.options(server.makeBucket(), 'some/where')));
});
