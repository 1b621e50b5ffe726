import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dvcIgnore, gitIgnore } from '../../../dvc/project/index.js';
import { writeProject } from '../pipelines/index.js';
import { describeWithDvc, python, run } from '../state/real-dvc.js';

/** Lines of an ignore file; after a line `in FOLDER`, those of one in that folder. */
const CASES: readonly (readonly string[])[] = [
  ['*.tmp'],
  ['/a.txt'],
  ['a.txt'],
  ['dir'],
  ['dir/'],
  ['/dir/'],
  ['dir/a.txt'],
  ['dir/*.txt'],
  ['dir/**'],
  ['**/deep'],
  ['dir/**/a.txt'],
  ['**'],
  ['*'],
  ['*', '!a.txt'],
  ['*', '!dir/', '!dir/a.txt'],
  ['dir/*', '!dir/a.txt'],
  ['dir/', '!dir/a.txt'],
  ['*.txt', '!b.txt', 'b.*'],
  ['!a.txt', '*.txt'],
  ['[ab].txt'],
  ['[!a].txt'],
  ['[^a].txt'],
  ['[a-b].t?t'],
  ['?.txt'],
  ['# comment', '', '\\#hash', '\\!bang'],
  ['a.txt  ', 'b.txt\t'],
  ['sp ace.txt'],
  ['[unclosed.txt', 'a.txt'],
  ['/'],
  ['dir//a.txt'],
  ['deep/'],
  ['deep/a.txt'],
  ['/deep'],
  ['a.txt/'],
  ['ü*'],
  ['dir/*', '!dir/*.txt'],
  ['dir/**', '!dir/**/*.txt'],
  ['*/', '!dir/'],
  ['a+b.txt', 'x(1).txt'],
  ['.*'],
  ['*.txt', 'in dir', '!a.txt'],
  ['in dir', '/deep', '*.tmp'],
  ['in dir', 'deep/a.txt'],
  ['dir', 'in dir', '!a.txt'],
  ['in dir/deep', '*', 'in dir', '!deep/a.txt'],
];

const PATHS = [
  'a.txt',
  'b.txt',
  'c.tmp',
  '#hash',
  '!bang',
  'sp ace.txt',
  'ü.txt',
  'a+b.txt',
  'x(1).txt',
  '[unclosed.txt',
  '.hidden',
  'dir/',
  'dir/a.txt',
  'dir/b.txt',
  'dir/c.tmp',
  'dir/deep/',
  'dir/deep/a.txt',
  'dir/deep/deep/',
  'dir/deep/deep/a.txt',
  'deep/',
  'deep/a.txt',
];

describeWithDvc('agreement with dvc on what is ignored', () => {
  const roots: string[] = [];
  let answers: readonly { readonly dvc: readonly string[]; readonly git: readonly string[] }[];

  beforeAll(async () => {
    for (const lines of CASES) {
      const files = Object.fromEntries(PATHS.filter((path) => !path.endsWith('/')).map((path) => [path, '']));
      const root = await writeProject({ ...files, ...ignoreFiles(lines) });
      await run('git', ['init', '--quiet'], root);
      roots.push(root);
    }
    const script = await readFile(join(import.meta.dirname, 'ask-ignored.py'), 'utf8');
    answers = JSON.parse(
      await python(script, JSON.stringify(roots.map((root) => ({ root, paths: PATHS })))),
    ) as typeof answers;
  });

  afterAll(async () => {
    for (const root of roots) await rm(root, { recursive: true, force: true });
  });

  it.each(CASES.map((lines, index) => [lines.join(' | '), index] as const))('%s', (_, index) => {
    const root = roots[index] as string;
    const isIgnored = (ignore: ReturnType<typeof dvcIgnore> | undefined) => (path: string) =>
      ignore?.isIgnored(join(root, path).replace(/\/$/, ''), path.endsWith('/'));
    expect({
      dvc: PATHS.filter(isIgnored(dvcIgnore(root))),
      git: PATHS.filter(isIgnored(gitIgnore(root))),
    }).toEqual(answers[index]);
  });
});

function ignoreFiles(lines: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  let folder = '';
  for (const line of lines) {
    if (line.startsWith('in ')) folder = `${line.slice(3)}/`;
    else
      for (const name of ['.dvcignore', '.gitignore'])
        files[folder + name] = `${files[folder + name] ?? ''}${line}\n`;
  }
  return files;
}
