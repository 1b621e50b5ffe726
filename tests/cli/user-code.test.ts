import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../configs/project.js';
import { runIn } from '../rig/installed.js';
import { reprise } from '../rig/reprise.js';

/** In processes of their own: how a module is loaded is Node's affair, and jest has another way. */
const STEP = `import type { CleaningStep } from 'reprise/finetuning';
import { shout } from '../words/shout.ts';

interface Options { readonly mark: string }

export function createStep({ mark }: Options): CleaningStep {
  return { text: (text: string): string => shout(text satisfies string) + mark! };
}
`;
const SHOUT = 'export const shout = <T extends string>(text: T): string => text.toUpperCase();\n';
const PARAMS = `data_config:
  ingestion: {source: 'path:any'}
  preprocessing:
    format: records
    strip_examples: false
    min_characters: 1
    steps:
      - {use: src/cleaning/step.ts, with: {mark: '!'}}
  preparation: {max_train_rows: null}
`;
const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

function project(files: Readonly<Record<string, string>>): string {
  const root = projectFolder({
    'params.yaml': PARAMS,
    'data/raw/rows.jsonl': '{"text": "a mammal", "label": "animal"}\n',
    'src/words/shout.ts': SHOUT,
    ...files,
  });
  roots.push(root);
  return root;
}

describe('TypeScript of the project', () => {
  it('is run by a stage, with the files that it imports', async () => {
    const root = project({ 'src/cleaning/step.ts': STEP });
    expect(await reprise(['data', 'preprocess'], root)).toMatchObject({ code: 0 });
    const rows = readFileSync(join(root, 'data/processed/rows.jsonl'), 'utf8');
    expect(JSON.parse(rows)).toMatchObject({ text: 'A MAMMAL!', label: 'animal' });
  });

  it.each([
    ['does not parse', 'export const = 1;\n', /step\.ts: it cannot be loaded/],
    ['imports what is not there', "import './nothing.ts';\n", /step\.ts: it cannot be loaded: .*nothing\.ts/],
    ['exports nothing', 'export type A = string;\n', /step\.ts: it exports no function createStep/],
  ])('that %s is said where it is named', async (_, text, message) => {
    const root = project({ 'src/cleaning/step.ts': text });
    const { code, stdout } = await reprise(['data', 'preprocess', '--json'], root);
    expect(code).toBe(1);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toMatchObject({
      code: 'bad-step',
      message: expect.stringMatching(message) as string,
      at: { file: 'params.yaml', line: 8 },
    });
  });

  it('is run by node --import reprise/typescript', async () => {
    const root = project({
      'src/say.ts': "import { shout } from './words/shout.ts';\nconsole.log(shout('oh' as string));\n",
    });
    const register = join(process.cwd(), 'dist/finetuning/user-code/register-typescript.js');
    expect(await runIn(root, process.execPath, ['--import', register, 'src/say.ts'])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^OH\n/m) as string,
    });
  });
});
