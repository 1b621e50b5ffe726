import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fieldsFor } from '../../../cli/init/fields.js';
import { loadDataConfig, loadFinetuningConfig } from '../../../configs/index.js';
import type { FirstRecords } from '../../../finetuning/index.js';
import { reprise } from '../../rig/reprise.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'own-data-')));

describe('the fields of records', () => {
  it.each([
    [
      'text-classification',
      'single_label_classification',
      ['id', 'Review', 'Sentiment'],
      { text: 'Review', label: 'Sentiment' },
    ],
    ['text-classification', 'regression', ['rating', 'content'], { text: 'content', label: 'rating' }],
    ['text-classification', 'multi_label_classification', ['text', 'tags'], { text: 'text', labels: 'tags' }],
    ['causal-lm', 'single_label_classification', ['id', 'messages'], { messages: 'messages' }],
    [
      'causal-lm',
      'single_label_classification',
      ['completion', 'prompt'],
      { prompt: 'prompt', completion: 'completion' },
    ],
    [
      'causal-lm',
      'single_label_classification',
      ['instruction', 'input', 'output'],
      { prompt: 'instruction', context: 'input', completion: 'output' },
    ],
    ['causal-lm', 'single_label_classification', ['text', 'url'], { text: 'text' }],
  ] as const)('are known by their names: %s, %s, %j', (task, problem, columns, fields) => {
    expect(fieldsFor(task, problem, { columns, records: [] })).toEqual({ fields });
  });

  const table = (columns: string[], ...rows: unknown[][]): FirstRecords => ({
    columns,
    records: rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))),
  });
  const said = [
    'turn on the big light',
    'wake me up at seven',
    'what is the weather',
    'dim the lights a bit',
  ];
  const intents = ['light', 'alarm', 'alarm', 'light'];
  it.each([
    [
      'text-classification',
      'single_label_classification',
      table(['row_id', 'utterance', 'intent'], ...said.map((text, at) => [at, text, intents[at]])),
      { fields: { text: 'utterance', label: 'intent' }, guessed: true },
    ],
    [
      'text-classification',
      'single_label_classification',
      // Of two texts, the one that is far longer; a column whose values never come twice is no label.
      table(
        ['headline', 'story', 'desk', 'url'],
        ...said.map((text, at) => [text, `${text} `.repeat(5), intents[at], `https://example.com/${at}`]),
      ),
      { fields: { text: 'story', label: 'desk' }, guessed: true },
    ],
    [
      'text-classification',
      'regression',
      table(['nr', 'essay', 'grade'], ...said.map((text, at) => [String(at), text, String(2 * at)])),
      { fields: { text: 'essay', label: 'grade' }, guessed: true },
    ],
    [
      'text-classification',
      'multi_label_classification',
      table(['essay', 'about'], ...said.map((text, at) => [text, ['a;b', 'b', '', 'a'][at]])),
      { fields: { text: 'essay', labels: 'about' }, separator: ';', guessed: true },
    ],
    [
      'causal-lm',
      'single_label_classification',
      table(['nr', 'verse'], ...said.map((text, at) => [at, text])),
      { fields: { text: 'verse' }, guessed: true },
    ],
    [
      'causal-lm',
      'single_label_classification',
      table(['talk'], [[{ role: 'user', content: 'a' }]]),
      { fields: { messages: 'talk' }, guessed: true },
    ],
  ] as const)('are known by what stands in them: %s, %s', (task, problem, sample, chosen) => {
    expect(fieldsFor(task, problem, sample)).toEqual(chosen);
  });

  it('are not guessed where it is not plain', () => {
    const two = table(
      ['utterance', 'intent', 'language'],
      ...said.map((text, at) => [text, intents[at], ['de', 'en', 'de', 'en'][at]]),
    );
    expect(fieldsFor('text-classification', 'single_label_classification', two)).toMatchObject({
      fields: { text: 'utterance', label: 'label' },
      notAmong: two.columns,
    });
    const pair = table(['asked', 'answered'], ...said.map((text) => [text, `${text}!`]));
    expect(fieldsFor('causal-lm', 'single_label_classification', pair)).toMatchObject({
      notAmong: pair.columns,
    });
  });

  it('are named beside the columns where they are not among them, and as laid out where nothing is known', () => {
    expect(fieldsFor('text-classification', 'regression', table(['text', 'stars']))).toEqual({
      fields: { text: 'text', label: 'label' },
      notAmong: ['text', 'stars'],
    });
    expect(fieldsFor('causal-lm', 'single_label_classification', table(['stars']))).toEqual({
      fields: { text: 'text' },
      notAmong: ['stars'],
    });
    expect(fieldsFor('text-classification', 'single_label_classification', undefined)).toEqual({
      fields: { text: 'text', label: 'label' },
    });
  });
});

describe('a project for data of the user’s own', () => {
  /** Lays one out for a file or folder with this in it. @returns what was printed, and the project */
  async function laidOut(
    name: string,
    content: string,
    ...flags: string[]
  ): Promise<{ stdout: string; root: string; readme: string }> {
    const cwd = temporary();
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
    const data = name.split('/')[0] as string;
    const { code, stdout, stderr } = await reprise(
      ['init', 'project', '--no-commit', '--data', data, ...flags],
      cwd,
    );
    expect([stderr, code]).toEqual(['', 0]);
    const root = join(cwd, 'project');
    return { stdout, root, readme: readFileSync(join(root, 'README.md'), 'utf8') };
  }

  it('drops nothing of it that only the template’s own data would have', async () => {
    const { root, stdout } = await laidOut('mine.csv', 'Category;Text\na;b\n');
    const { preprocessing, preparation } = loadDataConfig(root);
    expect(preprocessing).toMatchObject({
      fields: { text: 'Text', label: 'Category' },
      strip_examples: false,
      min_characters: 1,
    });
    expect(preparation).toMatchObject({ max_train_rows: null });
    expect(stdout).not.toContain('correct');
  });

  it('says which columns there are, where none of them is known for what it is', async () => {
    const { stdout } = await laidOut('mine.csv', '\ufeff"Opinion, whole","Stars"\r\nfine,5\r\n');
    expect(stdout).toContain(
      'correct preprocessing.fields in configs/data_config.yaml: it has text: text, label: label, and the columns of the data are Opinion, whole, Stars\n',
    );
  });

  const REVIEWS = [
    'stars,review',
    '5,I would buy it again',
    '1,It broke on day one',
    '5,Just what I need',
    '1,Never again for me',
  ];

  it('takes columns of other names by what is in them, and says so', async () => {
    const { root, stdout } = await laidOut('mine.csv', `${REVIEWS.join('\n')}\n`);
    expect(loadDataConfig(root).preprocessing).toMatchObject({ fields: { text: 'review', label: 'stars' } });
    expect(stdout).toContain('taken by what is in the data: text: review, label: stars; if that is wrong,');
    const folder = await laidOut('tables/one.csv', `${REVIEWS.join('\n')}\n`);
    expect(loadDataConfig(folder.root).preprocessing).toMatchObject({ fields: { label: 'stars' } });
  });

  it('takes columns as they are named, and refuses others', async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'mine.csv'), 'a,b=,c\nx,y,z\n');
    const init = (...flags: string[]) => reprise(['init', '.', '--no-commit', '--json', ...flags], cwd);
    const data = ['--data', 'mine.csv'];
    const bad = async (...flags: string[]): Promise<unknown> => JSON.parse((await init(...flags)).stdout);
    expect(await bad('--field', 'text=a')).toMatchObject({ code: 'field-alone' });
    expect(await bad(...data, '--field', 'title=a')).toMatchObject({ code: 'bad-field', found: 'title=a' });
    expect(await bad(...data, '--field', 'text=d')).toMatchObject({ code: 'no-column', found: 'd' });
    expect(await bad(...data, '--task', 'image-classification')).toMatchObject({ code: 'pictures-in-table' });
    const { code, stdout } = await init(
      ...data,
      '--field',
      'text=b=',
      '--field',
      'label=c',
      '--field',
      'group=a',
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { fields: { fields: { text: 'b=', label: 'c' } } }]);
    expect(loadDataConfig(cwd).preprocessing).toMatchObject({
      fields: { text: 'b=', label: 'c', group: 'a' },
    });
  });

  it('says that a table of pictures’ paths is no data of texts', async () => {
    const { stdout } = await laidOut('mine.csv', 'image_path,class\na/1.png,cat\nb/2.JPG,dog\n');
    expect(stdout).toContain('image_path names pictures');
  });

  it('reads chats, prose in a folder and pictures as what they are', async () => {
    const chat = '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n';
    const chats = await laidOut('chats.jsonl', chat, '--task', 'causal-lm');
    expect(loadDataConfig(chats.root).preprocessing).toMatchObject({
      ...{ format: 'records', fields: { messages: 'messages' }, min_characters: 1 },
    });
    const books = await laidOut('books/one/a.txt', 'A text.\n', '--task', 'causal-lm');
    expect(loadDataConfig(books.root).preprocessing).toMatchObject({ format: 'prose' });
    const pictures = await laidOut('pictures/cats/a.png', '', '--task', 'image-classification');
    expect(loadFinetuningConfig(pictures.root)).toMatchObject({ image_size: 224 });
    const params = readFileSync(join(pictures.root, 'params.yaml'), 'utf8');
    expect(params).not.toContain('digits');
  });

  it.each([
    ['text-classification', 'mine.jsonl', 'mine.jsonl'],
    ['causal-lm', 'mine.jsonl', 'mine.jsonl'],
    ['image-classification', 'pictures/cats/a.png', 'pictures'],
  ])(
    'has a README that speaks of it, and not of what the template would have: %s',
    async (task, file, data) => {
      const { readme } = await laidOut(file, '{"text": "a", "label": "b"}\n', '--task', task);
      expect(readme).toContain(`It learns from \`path:../${data}\`.`);
      expect(readme).toContain(`\`../${data}\` is among the stage's \`deps\` in \`dvc.yaml\``);
      expect(readme).not.toMatch(/As laid out|WordNet|Gutenberg|digits|integrity|Your own/);
      // All else is as it was.
      expect(readme).toMatch(
        /## The stages\n[^]*## What lies where\n[^]*## What to change\n[^]*## The data\n/,
      );
    },
  );
});
