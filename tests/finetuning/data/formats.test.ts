import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { preprocess } from '../../../finetuning/data/index.js';
import { jsonl, projectWith, records, rowsIn } from './widened.js';

const pair = [
  { text: 'one "quoted", text', label: 'a' },
  { text: 'another\ttext', label: 'b' },
];

describe('records', () => {
  it.each<[string, string | Buffer]>([
    ['rows.csv', '\ufefftext;label\r\n"one ""quoted"", text";a\r\n\r\nanother\ttext;b\r\n'],
    ['rows.tsv', 'label\ttext\na\t"one ""quoted"", text"\nb\t"another\ttext"\n'],
    ['rows.json', JSON.stringify(pair, null, 2)],
    ['rows.json', JSON.stringify(pair)],
    ['rows.jsonl.gz', gzipSync(jsonl(pair))],
    ['rows.csv.gz', gzipSync('text,label\n"one ""quoted"", text",a\nanother\ttext,b\n')],
  ])('are read from %s', async (name, content) => {
    const root = projectWith({ [name]: content });
    await preprocess({ root, config: records });
    expect(rowsIn(root)).toMatchObject([
      { text: 'one "quoted", text', label: 'a' },
      { text: 'another text', label: 'b' },
    ]);
  });

  it.each([
    ['{"text": "a"}', 1],
    ['[{"text": "a", "label": "b"},\n{"text": oops}]', 2],
    ['[{"text": "a", "label": "b"}', 1],
  ])('of the .json %j are refused on line %i', async (content, line) => {
    const root = projectWith({ 'rows.json': content });
    await expect(preprocess({ root, config: records })).rejects.toMatchObject({
      code: 'json-syntax',
      at: { file: 'data/raw/rows.json', line },
    });
  });

  it('say where a file is not what its name says', async () => {
    const packed = projectWith({ 'rows.csv.gz': 'not packed' });
    await expect(preprocess({ root: packed, config: records })).rejects.toMatchObject({ code: 'bad-gzip' });
    const parquet = projectWith({ 'rows.parquet': 'not parquet' });
    await expect(preprocess({ root: parquet, config: records })).rejects.toMatchObject({
      code: 'bad-parquet',
    });
  });

  it('leave a .json beside other files alone, and files that preprocessing.files does not name', async () => {
    const root = projectWith({ 'a.jsonl': jsonl(pair), 'about.json': '{}', 'b.jsonl': 'not json' });
    await preprocess({ root, config: { ...records, files: ['a.*'] } });
    expect(rowsIn(root)).toHaveLength(2);
  });

  it.each([
    ['snappy', 300],
    ['gzip', 300],
    ['none', 300],
    ['brotli', 12_000],
  ])('are read from Parquet as pyarrow writes it: %s', async (codec, rows) => {
    const root = projectWith({
      'rows.parquet': readFileSync(`tests/finetuning/fixtures/parquet/${codec}.parquet`),
    });
    const config = { ...records, fields: { text: 'text', label: 'label', id: 'number' } };
    expect(await preprocess({ root, config })).toMatchObject({ written: rows });
    expect(rowsIn(root)).toEqual(
      Array.from({ length: rows }, (_, at) => ({
        id: `${at}`,
        text: `text number ${at}`,
        label: `${at % 3}`,
      })),
    );
  });
});

describe('rows of a language model', () => {
  it('are prompts with completions, or conversations, as they are spaced', async () => {
    const root = projectWith({
      'rows.jsonl': jsonl([
        { q: 'Say\n  hi', a: ' hi' },
        { q: 'x', a: '' },
      ]),
    });
    const { label: _, text: __, ...none } = records.fields ?? {};
    const config = { ...records, fields: { ...none, prompt: 'q', completion: 'a' } };
    expect(await preprocess({ root, config })).toMatchObject({ written: 1, dropped: { too_short: 1 } });
    expect(rowsIn(root)).toMatchObject([{ prompt: 'Say\n  hi', completion: ' hi' }]);
    const messages = [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'hi' },
    ];
    const chat = projectWith({ 'rows.jsonl': jsonl([{ turns: messages }]) });
    await preprocess({ root: chat, config: { ...records, fields: { messages: 'turns' } } });
    expect(rowsIn(chat)).toMatchObject([{ messages }]);
  });

  it('are the paragraphs of a book, without what stands around it', async () => {
    const book = [
      'The Project Gutenberg EBook of Something',
      '',
      '*** START OF THIS PROJECT GUTENBERG EBOOK SOMETHING ***',
      '',
      'A first paragraph\r\nof two lines:',
      '',
      '',
      'A second one.',
      '*** END OF THIS PROJECT GUTENBERG EBOOK SOMETHING ***',
      'the licence',
    ].join('\n');
    const root = projectWith({ 'a/book.txt': book, 'plain.txt': 'No book.\n\nAt all.' });
    await preprocess({ root, config: { ...records, format: 'prose', min_characters: 3 } });
    expect(rowsIn(root).map(({ text, group }) => [text, group])).toEqual([
      ['A first paragraph of two lines:', 'a/book.txt'],
      ['A second one.', 'a/book.txt'],
      ['No book.', 'plain.txt'],
      ['At all.', 'plain.txt'],
    ]);
  });
});

describe('pictures', () => {
  const png = (gray: number): Promise<Buffer> =>
    sharp({ create: { width: 4, height: 4, channels: 3, background: { r: gray, g: 0, b: 0 } } })
      .png()
      .toBuffer();

  it('that cannot be read to their end are named, all at once', async () => {
    const noisy = { create: { width: 64, height: 64, channels: 3, background: 'red' } } as const;
    const whole = await sharp(noisy).jpeg().toBuffer();
    const torn = whole.subarray(0, whole.length - 40);
    const root = projectWith({ 'x/cat/1.jpg': whole, 'x/cat/2.jpg': torn, 'x/dog/3.png': '' });
    await expect(preprocess({ root, config: { format: 'images' } })).rejects.toMatchObject({
      code: 'bad-image',
      message: '2 pictures cannot be read: data/raw/x/cat/2.jpg, data/raw/x/dog/3.png',
    });
    const one = projectWith({ 'x/cat/1.jpg': whole, 'x/cat/2.jpg': torn });
    await expect(preprocess({ root: one, config: { format: 'images' } })).rejects.toMatchObject({
      code: 'bad-image',
      at: { file: 'data/raw/x/cat/2.jpg' },
      message: expect.stringMatching(/^this is not a picture that can be read: /),
    });
  });

  it('in a folder for each label stay where they are, each once', async () => {
    const files = { 'x/cat/1.png': await png(1), 'x/cat/2.png': await png(1), 'x/dog/1.png': await png(9) };
    const root = projectWith(files);
    const report = await preprocess({ root, config: { format: 'images', label_map: { dog: 'hound' } } });
    expect(report).toMatchObject({
      read: 3,
      written: 2,
      dropped: { duplicate: 1 },
      labels: { cat: 1, hound: 1 },
    });
    expect(rowsIn(root)).toEqual([
      { id: 'x/cat/1.png', image: '../raw/x/cat/1.png', label: 'cat' },
      { id: 'x/dog/1.png', image: '../raw/x/dog/1.png', label: 'hound' },
    ]);
    const torn = projectWith({ 'cat/1.png': 'no picture' });
    await expect(preprocess({ root: torn, config: { format: 'images' } })).rejects.toMatchObject({
      code: 'bad-image',
    });
  });

  it('are made of rows of gray values', async () => {
    const root = projectWith({ 'digits.csv.gz': gzipSync('0,16,8,4,7\n0,0,0,16,1\n0,0,0,16,1\n') });
    const config = { format: 'pixels', pixels: { width: 2, height: 2, maximum: 16 } } as const;
    expect(await preprocess({ root, config })).toMatchObject({ written: 2, dropped: { duplicate: 1 } });
    const [seven] = rowsIn(root);
    const path = join(root, 'data/processed', seven?.image as string);
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, ...data.filter((_, at) => at % info.channels === 0)]).toEqual([
      2, 2, 0, 255, 128, 64,
    ]);
    const first = readFileSync(path);
    await preprocess({ root, config });
    expect(readFileSync(path)).toEqual(first);
    expect(readdirSync(join(root, 'data/processed')).sort()).toEqual([
      'pictures',
      'report.json',
      'rows.jsonl',
    ]);
    await expect(
      preprocess({ root, config: { ...config, pixels: { ...config.pixels, maximum: 8 } } }),
    ).rejects.toMatchObject({ code: 'bad-pixels', at: { file: 'data/raw/digits.csv.gz', line: 1 } });
  });
});
