import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../configs/project.js';
import { reprise } from '../rig/reprise.js';

const params = (source: string, more = ''): string => `
data_config:
  ingestion:
    source: ${source}
  preprocessing:
    format: records
    strip_examples: false
    min_characters: 2
  preparation:
    test_rows: 10
    val_rows: 10
    max_train_rows: null
${more}`;
const csv = `text,label\n${Array.from({ length: 60 }, (_, row) => `text number ${row},${row % 3 ? 'odd' : 'even'}\n`).join('')}`;

const project = (): string =>
  projectFolder({
    'params.yaml': params('path:mine.csv'),
    'configs/data_config.yaml': 'preprocessing:\n  fields: {text: text, label: label}\n  unicode: NFC\n',
    'mine.csv': csv,
  });

interface Event {
  readonly event: string;
  readonly [key: string]: unknown;
}
const events = (stdout: string): Event[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

describe('reprise data', () => {
  it('runs stage after stage from any folder of the project, in plain lines off a terminal', async () => {
    const root = project();
    mkdirSync(join(root, 'some/folder'), { recursive: true });
    const cwd = join(root, 'some/folder');
    const ingest = await reprise(['data', 'ingest'], cwd);
    expect([ingest.code, ingest.stdout]).toEqual([
      0,
      `data/raw: 1 files, ${csv.length} bytes from path:mine.csv\n`,
    ]);
    const preprocess = await reprise(['data', 'preprocess'], cwd);
    expect([preprocess.code, preprocess.stdout]).toEqual([0, 'data/processed: 60 of 60 records, 2 labels\n']);
    const prepare = await reprise(['data', 'prepare'], cwd);
    expect([prepare.code, prepare.stdout]).toEqual([
      0,
      'data/finetuning: 40 train, 10 val, 10 test rows of 2 labels\n',
    ]);
    for (const { stderr } of [ingest, preprocess, prepare]) expect(stderr).not.toContain('\u001b');
    const again = await reprise(['data', 'ingest'], cwd);
    expect(again.stdout).toBe('data/raw already holds path:mine.csv, unchanged\n');
  });

  it('prints one JSON object per event with --json', async () => {
    const root = project();
    expect(events((await reprise(['data', 'ingest', '--json'], root)).stdout).at(-1)).toEqual({
      event: 'result',
      stage: 'ingest',
      changed: true,
      files: 1,
      bytes: csv.length,
    });
    const preprocess = events((await reprise(['data', 'preprocess', '--json'], root)).stdout);
    expect(preprocess[0]).toMatchObject({
      event: 'progress',
      total: csv.length,
      message: 'looking for duplicates, bytes',
    });
    expect(preprocess.at(-1)).toMatchObject({ event: 'result', stage: 'preprocess', read: 60, written: 60 });
    expect(events((await reprise(['data', 'prepare', '--json'], root)).stdout).at(-1)).toEqual({
      event: 'result',
      stage: 'prepare',
      train: 40,
      val: 10,
      test: 10,
      unused: 0,
      labels: ['even', 'odd'],
    });
  });

  it('appends its progress to the file that the stage contract names', async () => {
    const root = project();
    const file = join(root, 'progress.jsonl');
    await reprise(['data', 'ingest'], root, { REPRISE_PROGRESS: file });
    await reprise(['data', 'preprocess'], root, { REPRISE_PROGRESS: file });
    const lines = events(readFileSync(file, 'utf8'));
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.at(-1)).toEqual({ step: csv.length, total: csv.length, message: 'cleaning, bytes' });
  });

  it('loads no native library', async () => {
    const root = project();
    const shared = join(root, 'shared.txt');
    const watch = join(root, 'watch.mjs');
    writeFileSync(
      watch,
      `import { appendFileSync } from 'node:fs';
       process.on('exit', () =>
         appendFileSync(${JSON.stringify(shared)}, process.report.getReport().sharedObjects.join('\\n')));`,
    );
    for (const stage of ['ingest', 'preprocess', 'prepare'])
      expect((await reprise(['data', stage], root, { NODE_OPTIONS: `--import ${watch}` })).code).toBe(0);
    const loaded = readFileSync(shared, 'utf8');
    expect(loaded).toContain('libc');
    expect(loaded).not.toMatch(/tensorflow|tfjs/i);
  });

  it('shows a mistake with its place and what to do, and ends with 1', async () => {
    const root = project();
    writeFileSync(join(root, 'params.yaml'), params('ftp://mine.csv'));
    const { code, stdout, stderr } = await reprise(['data', 'ingest'], root);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('params.yaml:4:5');
    expect(stderr).toContain('must be npm:<package>@<exact version> or path:<file or folder>');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    [['ingest'], { 'mine.csv': undefined }, 'source-missing'],
    [['preprocess'], {}, 'no-raw-data'],
    [['prepare'], {}, 'file-missing'],
    [['ingest', 'preprocess'], { 'mine.csv': 'text,label\n"open,x\n' }, 'csv-syntax'],
    [
      ['ingest', 'preprocess', 'prepare'],
      { 'mine.csv': 'text,label\naa,x\nbb,y\ncc,y\ndd,y\n' },
      'class-too-small',
    ],
  ])('%j with %j fails as %s', async (stages, files: Record<string, string | undefined>, expected) => {
    const root = project();
    for (const [path, text] of Object.entries(files))
      if (text === undefined) rmSync(join(root, path));
      else writeFileSync(join(root, path), text);
    const codes: (number | null)[] = [];
    let last = '';
    for (const stage of stages) {
      const { code, stdout } = await reprise(['data', stage, '--json'], root);
      codes.push(code);
      last = stdout;
    }
    expect(codes).toEqual([...stages.slice(1).map(() => 0), 1]);
    expect(events(last).at(-1)).toMatchObject({ event: 'error', code: expected });
  });

  it('says how to make a project where there is none', async () => {
    const { code, stderr } = await reprise(['data', 'ingest'], '/');
    expect(code).toBe(1);
    expect(stderr).toContain('`reprise init <folder>` lays one out');
  });
});
