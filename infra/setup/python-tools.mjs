// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, run } from './children.mjs';
import { isNetworkFailure, networkFailure, SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { requirePython } from './python.mjs';

/**
 * The Python tools that our work is measured against; nothing that a user runs needs them. `dvc` judges the tests, `bench`
 * has PyTorch and PEFT, `adapters` AdapterHub's library, `mlflow` its server and client, `serving` FastAPI, `metaflow` Metaflow, `kubernetes`
 * the schemas of its objects, `notebooks` Jupyter's executor and Deno.
 * @typedef {'dvc' | 'bench' | 'metaflow' | 'adapters' | 'mlflow' | 'serving' | 'kubernetes' | 'notebooks'} ToolSet
 */

/**
 * A set that lies over another's packages: what it does not list itself, it has from there. PyTorch takes gigabytes.
 * @type {Partial<Record<ToolSet, ToolSet>>}
 */
const OVER = { adapters: 'bench', mlflow: 'bench', serving: 'bench' };

/**
 * The virtual environment with exactly the packages that `infra/python/NAME.txt` lists. It cannot be moved once made, so
 * it is made in place and marked when whole.
 *
 * @param {ToolSet} name
 * @param {import('./step.mjs').Context} context
 */
function environmentOf(name, { root, cache }) {
  const listOf = (/** @type {ToolSet} */ set) => join(root, 'infra/python', `${set}.txt`);
  const requirements = listOf(name);
  const hash = createHash('sha256').update(readFileSync(requirements));
  const below = OVER[name];
  if (below) hash.update(readFileSync(listOf(below)));
  const digest = hash.digest('hex').slice(0, 16);
  const folder = join(cache, 'python', `${name}-${digest}`);
  return { requirements, folder, mark: join(folder, 'whole'), bin: join(folder, 'bin') };
}

/**
 * @param {ToolSet} name
 * @param {import('./step.mjs').Context} context
 * @returns {string | undefined} the environment's `bin`, when it is there
 */
export function findPythonTools(name, context) {
  const { mark, bin } = environmentOf(name, context);
  const below = OVER[name];
  if (below && !findPythonTools(below, context)) return undefined;
  // The interpreter is a link to the host's Python, which may have gone.
  return existsSync(mark) && existsSync(join(bin, 'python')) ? bin : undefined;
}

/**
 * @param {ToolSet} name
 * @param {import('./step.mjs').Context} context
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string>} the environment's `bin`
 */
export async function makePythonTools(name, context, report) {
  const present = findPythonTools(name, context);
  if (present) return present;
  const lower = OVER[name] && (await makePythonTools(OVER[name], context, report));
  const { requirements, folder, mark, bin } = environmentOf(name, context);
  const { env } = context;
  const python = await requirePython(env);
  await withLock(
    `${folder}.lock`,
    ({ pid }) => report.note(`process ${pid} is installing the same Python tools; waiting for it`),
    async () => {
      if (findPythonTools(name, context)) return;
      const since = Date.now();
      report.started(name, 'installing Python tools');
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await orFail(await run(python, ['-m', 'venv', folder], { env }));
      const total = readFileSync(requirements, 'utf8').match(/^[^#\s]/gm)?.length ?? 0;
      let done = 0;
      const install = [
        '-m',
        'pip',
        'install',
        '--no-input',
        '--no-deps',
        '--progress-bar=off',
        '--retries=2',
      ];
      await orFail(
        await run(join(bin, 'python'), [...install, '-r', requirements], {
          env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
          onLine: (line) => {
            if (!line.startsWith('Collecting ')) return;
            report.progress(name, { message: 'fetching', done: (done += 1), total, unit: 'packages' });
          },
        }),
      );
      if (lower) await layOver(bin, lower, env);
      await writeFile(mark, '');
      const seconds = (Date.now() - since) / 1000;
      report.finished(name, { message: `${total} Python packages`, seconds, already: false });
    },
  );
  return bin;
}

/**
 * Python looks for packages in an environment's own folder first, and then where the `.pth` files in it point. Done
 * last, so that pip does not see the other's packages.
 *
 * @param {string} bin
 * @param {string} lower the other environment's
 * @param {NodeJS.ProcessEnv} env
 */
async function layOver(bin, lower, env) {
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const [own, others] = await Promise.all(
    [bin, lower].map(async (of) => {
      const finished = await run(join(of, 'python'), ['-c', script], { env });
      await orFail(finished);
      return finished.stdout.trim();
    }),
  );
  await writeFile(join(String(own), 'lower.pth'), `${others}\n`);
}

/** @param {import('./children.mjs').Finished} finished */
async function orFail({ code, output }) {
  if (code === 0) return;
  if (isNetworkFailure(output)) throw networkFailure('the Python packages', lastLines(output, 3));
  throw new SetupFailure(
    'python-tools-failed',
    'pip could not install the Python packages that tests and benchmarks compare with',
    'use Python 3.11 or newer, and run the same command again',
    lastLines(output),
  );
}
