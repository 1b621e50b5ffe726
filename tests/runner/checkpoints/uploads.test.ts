import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CheckpointOrder } from '../../../runner/checkpoints/checkpoint-order.js';
import { CheckpointStore } from '../../../runner/checkpoints/checkpoint-store.js';
import { readContents } from '../../../runner/checkpoints/contents.js';
import { withUploads, type CheckpointUploads } from '../../../runner/checkpoints/uploads.js';
import { openS3Store } from '../../../storage/index.js';
import { startRelay, type Meddling } from '../../rig/http-relay.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';

const KEY = 'd'.repeat(64);
const OURS = () => Promise.resolve(true);

describeWithS3('the uploads of checkpoints', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server.stop());

  async function scene(meddling: Meddling = {}) {
    const relay = await startRelay(server.endpoint, meddling);
    const bucket = server.makeBucket();
    const open = async (endpointUrl: string): Promise<CheckpointStore> =>
      new CheckpointStore(await openS3Store({ ...server.options(bucket), endpointUrl }), KEY, 2);
    const [store, straight] = [await open(relay.endpoint), await open(server.endpoint)];
    const here = mkdtempSync(join(tmpdir(), 'reprise-checkpoints-'));
    const offer = async (uploads: CheckpointUploads | undefined, step: number): Promise<void> => {
      const path = join(here, `step-${step}`);
      mkdirSync(path);
      writeFileSync(join(path, 'state'), `state of ${step}`);
      const place = { name: `step-${step}`, path, step, sequence: step, modified: step };
      uploads?.offer(path, await readContents(place));
    };
    /** What another host would go on from. */
    const newest = async (): Promise<string | undefined> =>
      await straight.restore(await CheckpointOrder.open(mkdtempSync(join(tmpdir(), 'reprise-other-'))));
    return { relay, store, offer, newest };
  }

  it('end when their stage fails after its command has ended', async () => {
    let cross = (): void => undefined;
    let begun = (): void => undefined;
    const crosses = new Promise<void>((resolve) => (cross = resolve));
    const crossing = new Promise<void>((resolve) => (begun = resolve));
    const { relay, store, offer, newest } = await scene({
      first: /^PUT/,
      before: () => begun(),
      until: crosses,
    });
    const stage = withUploads(store, OURS, async (uploads) => {
      await offer(uploads, 1);
      await crossing;
      await offer(uploads, 2);
      setTimeout(cross, 500);
      throw new Error('the outs are not there');
    });
    await expect(stage).rejects.toThrow('the outs are not there');
    expect(await newest()).toBe('step-2');
    relay.stop();
  });

  it('are begun again when they fail, though no newer one comes', async () => {
    let isOver = true;
    const { relay, store, offer, newest } = await scene({ denied: () => isOver });
    await withUploads(store, OURS, async (uploads) => {
      await offer(uploads, 1);
      setTimeout(() => (isOver = false), 1_000);
      while ((await newest()) === undefined) await sleep(250);
    });
    relay.stop();
  });

  it('leave alone what a later attempt has by now', async () => {
    const { relay, store, offer, newest } = await scene();
    const late = withUploads(
      store,
      () => Promise.resolve(false),
      async (uploads) => {
        await offer(uploads, 1);
        throw new Error('taken over');
      },
    );
    await expect(late).rejects.toThrow('taken over');
    expect(await newest()).toBeUndefined();
    relay.stop();
  });
});
