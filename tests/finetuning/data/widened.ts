import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TextsConfig } from '../../../configs/index.js';

export type AnyRow = Readonly<Record<string, unknown>>;

/** Records with a text and a label, cleaned as little as can be. */
export const records: TextsConfig = {
  format: 'records',
  fields: { text: 'text', label: 'label' },
  unicode: 'NFC',
  strip_examples: false,
  min_characters: 1,
};

/** A project with these files in data/raw, or in another folder of it. */
export function projectWith(files: Readonly<Record<string, string | Buffer>>, under = 'data/raw'): string {
  const root = mkdtempSync(join(tmpdir(), 'data-'));
  mkdirSync(join(root, under), { recursive: true });
  writeFileSync(join(root, 'params.yaml'), '');
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, under, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return root;
}

export const jsonl = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

export function rowsIn(root: string, path = 'data/processed/rows.jsonl'): AnyRow[] {
  const text = readFileSync(join(root, path), 'utf8').trimEnd();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as AnyRow);
}
