import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PreprocessingConfig } from '../../../configs/index.js';
import { preprocess, type Row } from '../../../finetuning/data/index.js';
import { cleanText } from '../../../finetuning/data/preprocessing/clean-text.js';

const wordnet: PreprocessingConfig = {
  format: 'wordnet-nouns',
  fields: { text: 'text', label: 'label' },
  unicode: 'NFKC',
  strip_examples: true,
  min_characters: 3,
};
const records: PreprocessingConfig = { ...wordnet, format: 'records', strip_examples: false };

function project(raw: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'preprocess-'));
  for (const [path, content] of Object.entries(raw)) {
    mkdirSync(dirname(join(root, 'data/raw', path)), { recursive: true });
    writeFileSync(join(root, 'data/raw', path), content);
  }
  return root;
}

const rowsOf = (root: string): Row[] =>
  readFileSync(join(root, 'data/processed/rows.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

/** Lines as in WordNet 3.1's data.noun, with made-up definitions. */
const noun = (offset: string, file: string, words: readonly string[], gloss: string): string =>
  `${offset} ${file} n ${words.length.toString(16).padStart(2, '0')} ${words.map((word) => `${word} 0`).join(' ')} 001 @ 00001740 n 0000 | ${gloss}  `;

describe('cleaning a text', () => {
  it.each([
    ['the act of leaving; "he made his exit"  ', 'the act of leaving'],
    ['one sense; another sense; "an example"; "a second; with a stop"', 'one sense; another sense'],
    ['a range: "a face that expressed a gamut of emotions"', 'a range'],
    ['a saying; "to be"- Shakespeare; used often', 'a saying; used often'],
    ['a demand in the phrase "the call of duty"', 'a demand in the phrase "the call of duty"'],
    ['words said (e.g., "he said I am")', 'words said (e.g., "he said I am")'],
  ])('takes the usage examples from %j', (text, clean) => {
    expect(cleanText(text, wordnet)).toBe(clean);
  });

  it('normalises Unicode and whitespace, and drops what cannot be seen', () => {
    expect(cleanText('\ufeff a\u200bb\t\tc\u00a0d\r\n e\u0301 ﬁne\u0007 ', records)).toBe('ab c d é fine');
    expect(cleanText('ﬁne', { ...records, unicode: 'NFC' })).toBe('ﬁne');
    expect(cleanText('e\u0301', { ...records, unicode: 'none' })).toBe('e\u0301');
  });
});

describe('WordNet', () => {
  it('gives each noun’s definition with its category, lemmas apart', async () => {
    const root = project({
      'dict/data.noun': [
        '  1 This software and database is being provided to you, the LICENSEE, by  ',
        noun(
          '02086723',
          '05',
          ['dog', 'domestic_dog', 'Canis_familiaris'],
          'a member of the genus Canis; "it barked"',
        ),
        noun('03546766', '06', ['house'], 'a dwelling | with a bar'),
        '',
      ].join('\n'),
    });
    const report = await preprocess({ root, config: wordnet });
    expect(rowsOf(root)).toEqual([
      {
        id: '02086723-n',
        text: 'a member of the genus Canis',
        label: 'noun.animal',
        lemmas: ['dog', 'domestic_dog', 'Canis_familiaris'],
      },
      { id: '03546766-n', text: 'a dwelling | with a bar', label: 'noun.artifact', lemmas: ['house'] },
    ]);
    expect(report.labels).toEqual({ 'noun.animal': 1, 'noun.artifact': 1 });
    expect(JSON.parse(readFileSync(join(root, 'data/processed/report.json'), 'utf8'))).toEqual(report);
  });

  it('knows the count of words in hexadecimal', async () => {
    const words = Array.from({ length: 17 }, (_, index) => `word${index}`);
    const root = project({ 'dict/data.noun': noun('00000001', '28', words, 'a time') });
    await preprocess({ root, config: wordnet });
    expect(rowsOf(root)[0]?.lemmas).toEqual(words);
    expect(rowsOf(root)[0]?.label).toBe('noun.time');
  });

  it.each(['not wordnet at all', noun('00000001', '29', ['be'], 'a verb’s file')])(
    'locates the line %j',
    async (bad) => {
      const root = project({ 'dict/data.noun': `${noun('00000001', '28', ['a'], 'a time')}\n${bad}\n` });
      await expect(preprocess({ root, config: wordnet })).rejects.toMatchObject({
        code: 'wordnet-syntax',
        at: { file: 'data/raw/dict/data.noun', line: 2 },
      });
      expect(existsSync(join(root, 'data/processed'))).toBe(false);
    },
  );
});

describe('what is dropped', () => {
  const jsonl = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

  it('is counted by reason: every record read is either written or dropped', async () => {
    const root = project({
      'rows.jsonl': jsonl(
        { text: 'A good film', label: 'good' },
        { text: ' a  GOOD film. ', label: 'good' },
        { text: 'so-so', label: 'good' },
        { text: 'So so!', label: 'bad' },
        { text: 'ok', label: 'good' },
        { text: 'nobody said', label: null },
        { text: 'A bad film', label: 'bad' },
      ),
    });
    const report = await preprocess({ root, config: records });
    expect(report).toEqual({
      read: 7,
      dropped: { too_short: 1, unlabelled: 1, duplicate: 1, conflicting: 2 },
      written: 2,
      characters: { shortest: 10, longest: 11, mean: 10.5 },
      labels: { bad: 1, good: 1 },
    });
    expect(rowsOf(root).map(({ text }) => text)).toEqual(['A good film', 'A bad film']);
  });

  it('does not take texts in other scripts or of signs alone for the same', async () => {
    const root = project({
      'rows.jsonl': jsonl(
        { text: '良い映画', label: 'good' },
        { text: '悪い映画', label: 'bad' },
        { text: ':-)', label: 'good' },
        { text: ':-(', label: 'bad' },
      ),
    });
    expect((await preprocess({ root, config: records })).written).toBe(4);
  });

  it('gives a row without an id one that depends on its text alone', async () => {
    const one = project({
      'rows.jsonl': jsonl({ text: 'first text', label: 'a' }, { text: 'second text', label: 'b' }),
    });
    const other = project({ 'rows.jsonl': jsonl({ text: 'second text', label: 'b' }) });
    await preprocess({ root: one, config: records });
    await preprocess({ root: other, config: records });
    expect(rowsOf(one)[1]?.id).toBe(rowsOf(other)[0]?.id);
    expect(rowsOf(one)[0]?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('comes out the same each time, byte for byte', async () => {
    const root = project({
      'b.csv': 'text,label\nfrom b,x\n',
      'a.jsonl': jsonl({ text: 'from a', label: 'y' }),
    });
    await preprocess({ root, config: records });
    const first = readFileSync(join(root, 'data/processed/rows.jsonl'));
    await preprocess({ root, config: records });
    expect(readFileSync(join(root, 'data/processed/rows.jsonl'))).toEqual(first);
    expect(rowsOf(root).map(({ text }) => text)).toEqual(['from a', 'from b']);
    expect(readdirSync(join(root, 'data/processed')).sort()).toEqual(['report.json', 'rows.jsonl']);
  });
});

describe('.csv files', () => {
  const config: PreprocessingConfig = {
    ...records,
    fields: { text: 'review', label: 'stars', id: 'number' },
  };

  it('may have quotes, commas, line ends and a byte order mark in them', async () => {
    const root = project({
      'rows.csv':
        '\ufeffnumber,review,stars\r\n1,"He said ""no"", twice",5\r\n\r\n2,"two\r\nlines",1\r\n3,plain text,3',
    });
    await preprocess({ root, config });
    expect(rowsOf(root)).toEqual([
      { id: '1', text: 'He said "no", twice', label: '5' },
      { id: '2', text: 'two lines', label: '1' },
      { id: '3', text: 'plain text', label: '3' },
    ]);
  });

  it.each([
    ['number,review,stars\n1,"open\n2,x,3\n', 'csv-syntax', 2],
    ['number,review,stars\n1,"a"b,3\n', 'csv-syntax', 2],
    ['number,review,stars\n1,ab"c",3\n', 'csv-syntax', 2],
    ['number,review,stars\n1,one,2\n2,a,b,c\n', 'csv-syntax', 3],
    ['number,text,stars\n1,one,2\n', 'field-missing', 2],
    ['number,review,stars\n1,one text,2\n1,another text,3\n', 'duplicate-id', 3],
  ])('%j is %s on line %i', async (text, code, line) => {
    const root = project({ 'rows.csv': text });
    await expect(preprocess({ root, config })).rejects.toMatchObject({
      code,
      at: { file: 'data/raw/rows.csv', line },
    });
  });
});

describe('bad raw data', () => {
  it.each([
    ['{"text":"a text","label":"a"}\n{"text": oops}\n', 'jsonl-syntax', 2],
    ['{"label":"a"}\n', 'field-missing', 1],
    ['{"text":"a text","label":{"deep":1}}\n', 'field-missing', 1],
    ['["text","label"]\n', 'field-missing', 1],
  ])('%j is %s on line %i', async (text, code, line) => {
    const root = project({ 'rows.jsonl': text });
    await expect(preprocess({ root, config: records })).rejects.toMatchObject({
      code,
      at: { file: 'data/raw/rows.jsonl', line },
    });
  });

  it('says where a file is not UTF-8', async () => {
    const root = project({
      'rows.jsonl': Buffer.concat([
        Buffer.from('{"text":"caf'),
        Buffer.from([0xe9]),
        Buffer.from('","label":"a"}\n'),
      ]),
    });
    await expect(preprocess({ root, config: records })).rejects.toMatchObject({
      code: 'not-utf8',
      at: { file: 'data/raw/rows.jsonl', line: 1 },
    });
  });

  it('is an error where there is none, or none of it is left', async () => {
    await expect(preprocess({ root: project({}), config: records })).rejects.toMatchObject({
      code: 'no-raw-data',
    });
    await expect(
      preprocess({ root: project({ 'provenance.json': '{}', 'notes.txt': '' }), config: records }),
    ).rejects.toMatchObject({ code: 'no-raw-data' });
    await expect(
      preprocess({ root: project({ 'rows.jsonl': '{"text":"x","label":"a"}\n' }), config: records }),
    ).rejects.toMatchObject({ code: 'empty-dataset' });
    await expect(preprocess({ root: project({ 'rows.jsonl': '' }), config: records })).rejects.toMatchObject({
      code: 'empty-dataset',
    });
  });
});
