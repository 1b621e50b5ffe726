import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../configs/project.js';
import { EXECUTABLE } from '../rig/reprise.js';

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const suite = canMount() ? describe : describe.skip;
const csv = (rows: number): string =>
  `text,label\n${Array.from({ length: rows }, (_, row) => `text number ${row},${row % 3 ? 'odd' : 'even'}\n`).join('')}`;

/** Runs commands where data/ is a file system of its own, of 128 KiB. */
function inSmallData(root: string, commands: string): { status: number | null; stdout: string } {
  const script = `mount -t tmpfs -o size=128k tmpfs data && ${commands}`;
  const { status, stdout } = spawnSync('unshare', ['-rm', 'sh', '-c', script], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, REPRISE: EXECUTABLE },
  });
  return { status, stdout };
}

function project(rows: number): string {
  const root = projectFolder({
    'params.yaml':
      'data_config:\n  ingestion:\n    source: path:mine.csv\n  preprocessing:\n    format: records\n    strip_examples: false\n    min_characters: 2\n  preparation:\n    max_train_rows: null\n',
    'configs/data_config.yaml':
      'preprocessing:\n  fields: {text: text, label: label}\n  unicode: NFC\npreparation:\n  test_rows: 10\n  val_rows: 10\n',
    'data/.gitignore': '',
  });
  writeFileSync(join(root, 'mine.csv'), csv(rows));
  return root;
}

const eventAt = (stdout: string, marker: string): { code?: string; message?: string } =>
  JSON.parse(
    stdout
      .split('\n')
      .filter((line) => line.includes(marker))
      .at(-1) ?? '{}',
  ) as { code?: string; message?: string };

suite('a disk that fills up (skipped where a small file system cannot be mounted)', () => {
  it('stops the ingestion with what was being written, and leaves nothing half done', () => {
    const { stdout } = inSmallData(project(10_000), '"$NODE" "$REPRISE" data ingest --json; ls -A data');
    expect(eventAt(stdout, '"event":"error"')).toMatchObject({ code: 'disk-full', at: { file: 'data/raw' } });
    expect(stdout).not.toContain('partial');
  });

  it('leaves the rows of before as they were when preprocessing stops', () => {
    const root = project(60);
    writeFileSync(join(root, 'more.csv'), csv(3000));
    const { stdout } = inSmallData(
      root,
      [
        '"$NODE" "$REPRISE" data ingest && "$NODE" "$REPRISE" data preprocess && md5sum data/processed/rows.jsonl',
        'cp more.csv data/raw/',
        '"$NODE" "$REPRISE" data preprocess --json',
        'md5sum data/processed/rows.jsonl',
        'ls -A data/processed',
      ].join('; '),
    );
    expect(eventAt(stdout, '"event":"error"')).toMatchObject({
      code: 'disk-full',
      message: 'the disk is full while data/processed/rows.jsonl, data/processed/report.json is written',
    });
    const sums = stdout.split('\n').filter((line) => line.endsWith('data/processed/rows.jsonl'));
    expect(sums).toHaveLength(2);
    expect(sums[0]).toBe(sums[1]);
    expect(stdout).not.toContain('partial');
  });
});
