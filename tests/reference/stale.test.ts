import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { referenceFiles } from '../../reference/index.js';

const root = join(import.meta.dirname, '..', '..');

describe('what is written down from the code', () => {
  let files: ReadonlyMap<string, string>;

  beforeAll(async () => {
    files = await referenceFiles(root);
  });

  it('is as `npm run docs` writes it', () => {
    const stale = [...files].filter(([path, content]) => readFileSync(join(root, path), 'utf8') !== content);
    expect(stale.map(([path]) => path)).toEqual([]);
  });

  it('has no schema beside that nothing writes any more', () => {
    const written = [...files.keys()].filter((path) => path.startsWith('configs/schemas/'));
    const there = readdirSync(join(root, 'configs/schemas')).map((name) => `configs/schemas/${name}`);
    expect(there.sort()).toEqual(written.sort());
  });

  it('says of every setting what it means', () => {
    const rows = (files.get('docs/configuration.md') as string)
      .split('\n')
      .filter((row) => row.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(150);
    const silent = rows.filter((row) => /\|( Where [^.]*\.)? +\|$/.test(row));
    expect(silent.map((row) => row.split('|')[1]?.trim())).toEqual([]);
  });

  it('lists every entry of the package', () => {
    const page = files.get('docs/api.md') as string;
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object };
    const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
    for (const entry of entries) expect(page).toContain(`\n## \`reprise${entry.slice(1)}\`\n`);
    expect(page).toMatch(/class ReprisePlugin .*\n {2}constructor/);
  });
});
