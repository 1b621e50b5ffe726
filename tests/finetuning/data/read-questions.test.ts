import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readQuestions, type QuestionLine } from '../../../finetuning/data/index.js';

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'questions-'));
  for (const [path, text] of Object.entries({ 'params.yaml': '', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function read(
  root: string,
  path: string,
  options: Parameters<typeof readQuestions>[2] = {},
): Promise<QuestionLine[]> {
  const found: QuestionLine[] = [];
  for await (const line of readQuestions(join(root, path), path, options)) found.push(line);
  return found;
}

describe('what a classifier is asked', () => {
  it('is texts and pictures of rows, which need neither id nor label', async () => {
    const rows = ['{"text":"a"}', '', '{"id":"7","text":"b","label":"x","more":1}', '{"image":"p/1.png"}'];
    const root = folder({ 'data/rows.jsonl': rows.join('\n') });
    expect(await read(root, 'data/rows.jsonl')).toEqual([
      { shown: { id: '1', text: 'a' }, input: 'a', at: { file: 'data/rows.jsonl', line: 1 } },
      { shown: { id: '7', text: 'b', label: 'x' }, input: 'b', at: { file: 'data/rows.jsonl', line: 3 } },
      {
        shown: { id: '4', image: 'p/1.png' },
        input: join(root, 'data/p/1.png'),
        at: { file: 'data/rows.jsonl', line: 4 },
      },
    ]);
  });

  it('is nothing where a row has no text: who asks is told of it, or it is an error', async () => {
    const root = folder({ 'a.csv': 'text,label\n a ,x\n,y\n"  ",x\nb,y\n', 'a.txt': 'a\nb\n' });
    const blank: number[] = [];
    const found = await read(root, 'a.csv', { onBlank: (line) => blank.push(line) });
    expect([found.map(({ shown }) => shown['id']), blank]).toEqual([
      ['2', '5'],
      [3, 4],
    ]);
    await expect(read(root, 'a.csv')).rejects.toMatchObject({ code: 'bad-row', at: { line: 3 } });
    await expect(read(root, 'a.txt')).rejects.toMatchObject({
      code: 'no-table',
      fix: expect.stringContaining('header `text`'),
    });
  });

  it('is rows of a .parquet, whose labels may be whole numbers', async () => {
    const root = folder({});
    copyFileSync('tests/finetuning/fixtures/parquet/snappy.parquet', join(root, 'a.parquet'));
    expect((await read(root, 'a.parquet'))[299]?.shown).toEqual({
      id: '300',
      text: 'text number 299',
      label: '2',
    });
    const [first] = await read(root, 'a.parquet', { oneLabel: false });
    expect(first?.shown).toEqual({ id: '1', text: 'text number 0', label: 0 });
  });

  it('is rows of tables, whose columns are called as the rows of the project, or as its own data', async () => {
    const root = folder({
      'a.csv': 'text,label\n"a, b",x\nc,\n',
      'b.csv': 'review;stars\n"a; b";x\n',
      'c.tsv': 'id\treview\n7\ta\n',
      'd.json': '[{"review": "a", "id": 7}]',
    });
    const columns = { fields: { text: 'review', label: 'stars' } };
    const shown = async (path: string) => (await read(root, path, { columns })).map((line) => line.shown);
    expect(await shown('a.csv')).toEqual([
      { id: '2', text: 'a, b', label: 'x' },
      { id: '3', text: 'c' },
    ]);
    expect(await shown('b.csv')).toEqual([{ id: '2', text: 'a; b', label: 'x' }]);
    expect(await shown('c.tsv')).toEqual([{ id: '7', text: 'a' }]);
    expect(await shown('d.json')).toEqual([{ id: '7', text: 'a' }]);
    await expect(read(root, 'b.csv')).rejects.toMatchObject({
      ...{ code: 'no-column', at: { file: 'b.csv', line: 1 } },
      found: 'columns review, stars',
    });
  });

  it('may have an answer that is no name, where the model does not say one', async () => {
    const root = folder({ 'a.jsonl': '{"text": "a", "label": 2.5}\n{"text": "b", "labels": ["x"]}\n' });
    expect((await read(root, 'a.jsonl', { oneLabel: false })).map(({ shown }) => shown)).toEqual([
      { id: '1', text: 'a', label: 2.5 },
      { id: '2', text: 'b', labels: ['x'] },
    ]);
  });

  it('is the pictures of a folder, with the names of folders as labels, or without', async () => {
    const root = folder({
      'a/cat/2.png': '',
      'a/cat/1.JPG': '',
      'a/dog/.hidden.png': '',
      'a/dog/3.webp': '',
      'b/x.png': '',
      'b/notes.txt': '',
    });
    expect((await read(root, 'a')).map(({ shown }) => shown)).toEqual([
      { id: 'cat/1.JPG', image: 'cat/1.JPG', label: 'cat' },
      { id: 'cat/2.png', image: 'cat/2.png', label: 'cat' },
      { id: 'dog/3.webp', image: 'dog/3.webp', label: 'dog' },
    ]);
    expect((await read(root, 'a/cat/1.JPG'))[0]?.input).toBe(join(root, 'a/cat/1.JPG'));
    expect(await read(root, 'b')).toEqual([
      { shown: { id: 'x.png', image: 'x.png' }, input: join(root, 'b/x.png'), at: { file: 'b/x.png' } },
    ]);
  });

  it.each([
    ['{"text":""}', 'bad-row'],
    ['{"text":"a","label":3}', 'bad-row'],
    ['{"question":"a"}', 'bad-row'],
    ['{"image":"../../../etc/x.png"}', 'path-outside'],
    ['oops', 'jsonl-syntax'],
  ])('is not %s', async (line, code) => {
    const root = folder({ 'data/rows.jsonl': `{"text":"a"}\n${line}\n` });
    await expect(read(root, 'data/rows.jsonl')).rejects.toMatchObject({
      code,
      at: { file: 'data/rows.jsonl', line: 2 },
    });
  });

  it('is not a folder without pictures', async () => {
    await expect(read(folder({ 'a/notes.txt': '' }), 'a')).rejects.toMatchObject({ code: 'no-pictures' });
  });
});
