// @ts-check
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../setup/children.mjs';
import { packageRoot } from '../setup/root.mjs';

/** Seconds; of one cell. */
const LONGEST_CELL = 600;

/**
 * Executes notebooks in place, one after the other, with Deno's kernel. A cell that throws ends it.
 *
 * @param {string} bin of the Python tools `notebooks`: Jupyter's executor and Deno
 * @param {readonly string[]} paths
 * @returns {Promise<{ code: number | null, output: string }>} the executor's; what it says of a cell that failed is at the end
 */
export async function executeNotebooks(bin, paths) {
  const scratch = await mkdtemp(join(tmpdir(), 'reprise-kernels-'));
  try {
    // What `deno jupyter --install` would write into the user's own folder.
    const kernel = {
      argv: [join(bin, 'deno'), 'jupyter', '--kernel', '--conn', '{connection_file}'],
      display_name: 'Deno',
      language: 'typescript',
    };
    await mkdir(join(scratch, 'kernels/deno'), { recursive: true });
    await writeFile(join(scratch, 'kernels/deno/kernel.json'), JSON.stringify(kernel));
    const env = {
      ...process.env,
      JUPYTER_PATH: scratch,
      JUPYTER_RUNTIME_DIR: scratch,
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
    };
    const script = join(packageRoot(), 'infra/python/execute_notebooks.py');
    const finished = await run(join(bin, 'python'), [script, String(LONGEST_CELL), ...paths], { env });
    for (const path of finished.code === 0 ? paths : [])
      await writeFile(path, tidied(await readFile(path, 'utf8')));
    return finished;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * A notebook without what differs each time: when a cell ran, and with which version.
 *
 * @param {string} text
 */
function tidied(text) {
  const notebook = JSON.parse(text);
  for (const cell of notebook.cells) cell.metadata = {};
  notebook.metadata.language_info = {
    file_extension: '.ts',
    mimetype: 'text/x.typescript',
    name: 'typescript',
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}
