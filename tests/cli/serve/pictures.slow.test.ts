import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import sharp from 'sharp';
import { tinyPictureProject } from '../../finetuning/training/tiny-pictures.js';
import { endAll } from '../../rig/reprise.js';
import { json, post, serve, train } from '../../rig/serve.js';

jest.setTimeout(600_000);
afterAll(endAll);

describe('reprise serve with a classifier of pictures', () => {
  it('answers as `reprise predict` does, and names a picture that is none', async () => {
    const root = await tinyPictureProject();
    await train(root, true);
    const { url, run } = await serve(root, ['--max-batch', '4']);
    const [row] = readFileSync(join(root, 'predictions.jsonl'), 'utf8').split('\n');
    const { image, prediction } = JSON.parse(row ?? '') as { image: string; prediction: string };
    const bytes = readFileSync(join(root, 'data/finetuning', image)).toString('base64');
    const answer = await json(await post(`${url}/v1/classify`, { images: bytes }));
    expect((answer['predictions'] as { label: string }[])[0]?.label).toBe(prediction);
    const bad = await post(`${url}/v1/classify`, { images: ['aGVsbG8='] });
    expect([bad.status, (await json(bad))['error']]).toMatchObject([400, { code: 'bad-image' }]);
    // A few bytes that would take a hundred times as many in memory.
    const large = { create: { width: 8_000, height: 7_000, channels: 3, background: 'black' } } as const;
    const bomb = (await sharp(large).png().toBuffer()).toString('base64');
    const refused = await post(`${url}/v1/classify`, { images: bomb });
    expect([refused.status, (await json(refused))['error']]).toMatchObject([
      400,
      { message: expect.stringContaining('exceeds pixel limit') },
    ]);
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });
});
