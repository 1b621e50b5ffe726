import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './shell-blocks.js';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8').replace(/^```[^]*?^```$/gm, '');

/** As GitHub names the places of headings. */
function anchors(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, text]) => text as string);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/ /g, '-'),
    ),
  );
}

describe('links between the pages', () => {
  it('lead to files and headings that are there', () => {
    const broken: string[] = [];
    let seen = 0;
    for (const page of pages.filter((name) => name.endsWith('.md')))
      for (const [, target] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (target === undefined || /^[a-z]+:/.test(target)) continue;
        seen++;
        const [path, anchor] = target.split('#') as [string, string?];
        const file = path === '' ? page : join(dirname(page), path);
        if (!existsSync(join(ROOT, file)) || (anchor !== undefined && !anchors(file).has(anchor)))
          broken.push(`${page}: ${target}`);
      }
    expect(broken).toEqual([]);
    expect(seen).toBeGreaterThan(60);
  });

  it('lead from the README to every page', () => {
    const readme = read('README.md');
    const pagesOfDocs = pages.filter((name) => /^docs\/.*\.md$/.test(name));
    expect(pagesOfDocs.filter((name) => !readme.includes(`(${name})`))).toEqual([]);
  });
});
