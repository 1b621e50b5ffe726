import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fieldsFor } from '../../../cli/init/fields.js';
import { loadDataConfig, loadFinetuningConfig } from '../../../configs/index.js';
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
    expect(fieldsFor(task, problem, columns)).toEqual({ fields });
  });

  it('are named beside the columns where they are not among them, and as laid out where nothing is known', () => {
    expect(fieldsFor('text-classification', 'regression', ['text', 'stars'])).toEqual({
      fields: { text: 'text', label: 'label' },
      notAmong: ['text', 'stars'],
    });
    expect(fieldsFor('causal-lm', 'single_label_classification', ['stars'])).toEqual({
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

  it.each(['text-classification', 'causal-lm', 'image-classification'])(
    'has a README that speaks of it, and not of what the template would have: %s',
    async (task) => {
      const { readme } = await laidOut('mine.jsonl', '{"text": "a", "label": "b"}\n', '--task', task);
      expect(readme).toContain('It learns from `path:../mine.jsonl`.');
      expect(readme).toContain("`../mine.jsonl` is among the stage's `deps` in `dvc.yaml`");
      expect(readme).not.toMatch(/As laid out|WordNet|Gutenberg|digits|integrity|Your own/);
      // All else is as it was.
      expect(readme).toMatch(
        /## The stages\n[^]*## What lies where\n[^]*## What to change\n[^]*## The data\n/,
      );
    },
  );
});
