import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { readPicture } from '../../../finetuning/images/picture.js';
import { readPreprocessing } from '../../../finetuning/images/preprocessing.js';
import { centered } from '../../../finetuning/images/resize.js';

/** What transformers' processors make of one picture: tests/finetuning/fixtures/images.py. */
const FIXTURES = 'tests/finetuning/fixtures/images';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-images-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const picture = (path: string): ReturnType<typeof readPicture> => readPicture({ path, at: { file: path } });

/** libvips and torchvision round otherwise: so far apart are they, in steps of 255, at the most and on average. */
it.each([
  ['resnet-50', 2, 0.3],
  ['square', 9, 0.4],
  ['middle', 2, 0.3],
])('%s is nearly what transformers makes of it', async (name, most, average) => {
  const { preprocessing } = readPreprocessing(join(FIXTURES, name), null);
  expect(preprocessing.side).toBe(24);
  const { pixels } = await centered(await picture(join(FIXTURES, 'picture.png')), preprocessing);
  const expected = JSON.parse(readFileSync(join(FIXTURES, name, 'expected.json'), 'utf8')) as number[];
  expect(pixels).toHaveLength(expected.length);
  const apart = expected.map((value, at) => Math.abs(value - (pixels[at] as number)));
  const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
  expect(Math.max(...apart)).toBeLessThanOrEqual(most);
  expect(mean).toBeLessThan(average);
});

describe('a picture', () => {
  const written = async (name: string, bytes: Promise<Buffer>): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, await bytes);
    return path;
  };

  it('has three channels of eight bits, whatever it had', async () => {
    const gray = sharp(new Uint8Array([0, 100, 255, 7]), { raw: { width: 2, height: 2, channels: 1 } });
    expect((await picture(await written('gray.png', gray.png().toBuffer()))).pixels).toEqual(
      Buffer.from([0, 0, 0, 100, 100, 100, 255, 255, 255, 7, 7, 7]),
    );
    const clear = sharp({ create: { width: 1, height: 1, channels: 4, background: { r: 10, g: 20, b: 30, alpha: 0.2 } } }); // prettier-ignore
    expect((await picture(await written('clear.png', clear.png().toBuffer()))).pixels).toEqual(
      Buffer.from([10, 20, 30]),
    );
    const deep = sharp(new Uint16Array([0, 65535]), {
      raw: { width: 2, height: 1, channels: 1 },
    });
    expect(
      (await picture(await written('deep.png', deep.toColourspace('grey16').png().toBuffer()))).pixels,
    ).toEqual(Buffer.from([0, 0, 0, 255, 255, 255]));
    const web = sharp({ create: { width: 3, height: 2, channels: 3, background: '#ff0000' } }).webp({
      lossless: true,
    });
    expect(await picture(await written('web.webp', web.toBuffer()))).toMatchObject({ width: 3, height: 2 });
  });

  it.each(['display-p3.png', 'cmyk.jpg'])('has the values that PIL reads: %s', async (name) => {
    const colors = join(FIXTURES, 'colors');
    const expected = JSON.parse(readFileSync(join(colors, 'expected.json'), 'utf8')) as Record<
      string,
      number[]
    >;
    const { width, height, pixels } = await picture(join(colors, name));
    expect([width, height]).toEqual([12, 8]);
    expect([...pixels]).toEqual(expected[name]);
  });

  it('is turned as the camera noted', async () => {
    const lying = sharp({ create: { width: 4, height: 2, channels: 3, background: '#ffffff' } });
    const path = await written('turned.jpg', lying.withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect(await picture(path)).toMatchObject({ width: 2, height: 4 });
  });
});

describe('preprocessor_config.json', () => {
  const read = (config: object, imageSize: number | null = null): ReturnType<typeof readPreprocessing> => {
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(config));
    return readPreprocessing(folder, imageSize);
  };
  const normal = { image_mean: [0.5, 0.5, 0.5], image_std: 0.5 };

  it('of an older transformers, with a number for the size', () => {
    const config = {
      feature_extractor_type: 'ConvNextFeatureExtractor',
      size: 224,
      crop_pct: 0.875,
      ...normal,
    };
    const { preprocessing } = read(config);
    expect(preprocessing).toMatchObject({
      side: 224,
      shortest: 256,
      kernel: 'cubic',
      deviation: [0.5, 0.5, 0.5],
    });
    expect(JSON.parse(read(config, 96).json)).toEqual({ ...config, size: 96 });
  });

  it('cuts nothing off from 384 on', () => {
    const { preprocessing } = read({
      image_processor_type: 'ConvNextImageProcessor',
      size: { shortest_edge: 384 },
    });
    expect(preprocessing.side).toBe(384);
    expect(preprocessing).not.toHaveProperty('shortest');
  });

  it('with another side comes out with that side', () => {
    const middle = {
      size: { shortest_edge: 256 },
      do_center_crop: true,
      crop_size: { height: 224, width: 224 },
    };
    const { preprocessing, json } = read({ image_processor_type: 'CLIPImageProcessor', ...middle }, 112);
    expect(preprocessing).toMatchObject({ side: 112, shortest: 128 });
    expect(read(JSON.parse(json) as object).preprocessing).toEqual(preprocessing);
  });

  it.each([
    [{ do_normalize: false }, /do_normalize/],
    [{ size: { height: 20, width: 30 } }, /size/],
    [{ image_processor_type: 'CLIPImageProcessor', size: { shortest_edge: 256 } }, /which square/],
    [{ image_mean: [0.5] }, /image_mean/],
  ])('%j is refused', (config, message) => {
    expect(() => read(config)).toThrow(
      expect.objectContaining({
        code: 'bad-preprocessor',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  it('is needed', () => {
    rmSync(join(folder, 'preprocessor_config.json'));
    expect(() => readPreprocessing(folder, null)).toThrow(
      expect.objectContaining({ code: 'bad-preprocessor' }),
    );
  });
});
