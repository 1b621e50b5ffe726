import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_RUN, RUN } from './classes.js';
import { parseProblem } from './parse-command.js';
import { documentedLines, linesOf, ROOT } from './shell-blocks.js';

const lines = documentedLines();
const texts = [...new Set(lines.map(({ text }) => text))];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

/** Programs of others that the pages name. */
const FOREIGN = [
  'deno',
  'git',
  'jupyter',
  'cd',
  'curl',
  'docker',
  'dvc',
  'export',
  'kubectl',
  'mlflow',
  'npm',
  'pip',
  'tctl',
  'temporal',
];

describe('the command lines of the pages', () => {
  it('are read as a shell reads them', () => {
    const page =
      '# Page\n\n```sh\na "b c" \\\n  d   # why\n# alone\ne=1 f \'g\nh\' && i\n```\n\n```ts\nnot\n```\n';
    expect(linesOf('page.md', page)).toEqual([
      { at: 'page.md:4', text: 'a "b c" d', commands: [['a', 'b c', 'd']] },
      { at: 'page.md:7', text: "e=1 f 'g\nh' && i", commands: [['e=1', 'f', 'g\nh'], ['i']] },
    ]);
    expect(lines.length).toBeGreaterThan(120);
  });

  it('are such as our command line takes', async () => {
    const problems: string[] = [];
    for (const { at, text, commands } of lines) {
      for (const command of commands) {
        const [name, ...args] = command.filter((word) => !/^[A-Z_]+=/.test(word));
        const ours =
          name === 'reprise' ? args : name === 'npx' && args[0] === 'reprise' ? args.slice(1) : undefined;
        if (ours) {
          const problem = await parseProblem(ours);
          if (problem !== undefined) problems.push(`${at}: ${text}: ${problem}`);
        } else if (name !== undefined && !FOREIGN.includes(name)) {
          problems.push(`${at}: ${text}: ${name} is no command that the pages may name`);
        } else if (name === 'npm' && args[0] === 'run' && !Object.hasOwn(scripts, args[1] ?? '')) {
          problems.push(`${at}: package.json has no script ${args[1]}`);
        }
      }
    }
    expect(problems).toEqual([]);
  });

  it.each([
    [['repro', '--forc'], /unknown option '--forc'/],
    [['remote', 'add', 'storage'], /missing required argument 'url'/],
    [['runs', 'list', '--status', 'done'], /Allowed choices/],
    [['runs'], /\(outputHelp\)|names no command/],
    [['nothing-such'], /unknown command/],
  ])('would be refused otherwise: %j', async (args, problem) => {
    expect(await parseProblem(args)).toMatch(problem);
  });

  it('are run by the slow suite, or named among those that are not, with the reason', () => {
    const notRun = Object.values(NOT_RUN).flat();
    const classes = (text: string): number => [RUN, notRun].filter((list) => list.includes(text)).length;
    expect(texts.filter((text) => classes(text) !== 1)).toEqual([]);
    expect([...RUN, ...notRun].filter((text) => !texts.includes(text))).toEqual([]);
  });
});
