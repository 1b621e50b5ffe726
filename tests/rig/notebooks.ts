import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executeNotebooks } from '../../infra/tasks/execute-notebooks.mjs';

/** Where Jupyter's executor and Deno are: the set-up of the tests puts them in a cache folder and names it here. */
const tools = process.env['REPRISE_TEST_NOTEBOOKS'];

/** For suites that are about something else, too. */
export const hasNotebooks = tools !== undefined || process.env['CI'] !== undefined;

export const describeWithNotebooks = (name: string, suite: () => void): void => {
  if (tools) describe(name, suite);
  else if (process.env['CI'])
    describe(name, () => {
      it('finds the kernel of the notebooks', () => {
        throw new Error(
          'REPRISE_TEST_NOTEBOOKS is not set: it must name a folder with jupyter-execute and deno',
        );
      });
    });
  else describe.skip(`${name} (skipped: REPRISE_TEST_NOTEBOOKS names no folder)`, suite);
};

/** What a cell has shown: media type → content. */
export type Output = Readonly<Record<string, string>>;

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly outputs?: readonly { readonly data?: Readonly<Record<string, string | readonly string[]>> }[];
  }[];
}

/**
 * Executes a project's notebooks with the real kernel, and fails when a cell does.
 *
 * @param root has folder `notebooks`
 * @returns name without its ending → what its cells have shown, in their order
 */
export async function runNotebooks(root: string): Promise<Readonly<Record<string, readonly Output[]>>> {
  linkPackage(root);
  const folder = join(root, 'notebooks');
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  const paths = names.map((name) => join(folder, name));
  const { code, output } = await executeNotebooks(tools ?? '', paths);
  if (code !== 0) throw new Error(`the notebooks cannot be executed (${code}):\n${output}`);
  return Object.fromEntries(
    paths.map((path, at) => [names[at]?.replace('.ipynb', ''), outputsOf(path)]),
  ) as Record<string, Output[]>;
}

/** As `npm install` leaves a project whose package.json depends on this package. */
function linkPackage(root: string): void {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  if (existsSync(join(root, 'node_modules/reprise'))) return;
  symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(root, 'node_modules/reprise'));
}

/** What someone reads who sees the text alone. */
export const textOf = (outputs: readonly Output[] | undefined): string =>
  (outputs ?? []).map((output) => output['text/plain']).join('\n');

/** As SVG. */
export const picturesOf = (outputs: readonly Output[] | undefined): string[] =>
  (outputs ?? []).flatMap((output) => output['image/svg+xml'] ?? []);

function outputsOf(path: string): Output[] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
  return cells
    .flatMap(({ outputs }) => outputs ?? [])
    .map(({ data = {} }) =>
      Object.fromEntries(Object.entries(data).map(([type, text]) => [type, [text].flat().join('')])),
    );
}
