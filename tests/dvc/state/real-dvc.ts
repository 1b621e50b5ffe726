import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { pythonForks } from '../../rig/python-forks.js';

/** The `dvc` that judges us: the set-up of the tests puts it in a cache folder and names it here. */
const executable = process.env.REPRISE_TEST_DVC;

/**
 * A suite that asks the real DVC. Without one it is skipped, by name; in CI it fails instead, so that a broken set-up cannot
 * pass for agreement.
 */
export function describeWithDvc(name: string, suite: () => void): void {
  if (executable) describe(name, suite);
  else if (process.env.CI)
    describe(name, () => {
      it('finds the real dvc', () => {
        throw new Error('REPRISE_TEST_DVC is not set: it must name the dvc executable');
      });
    });
  else describe.skip(`${name} (skipped: REPRISE_TEST_DVC does not name a dvc executable)`, suite);
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = (cwd: string): NodeJS.ProcessEnv => ({
  ...process.env,
  DVC_NO_ANALYTICS: '1',
  DVC_SITE_CACHE_DIR: join(cwd, '..', 'site-cache'),
});

export function run(
  file: string,
  args: readonly string[],
  cwd: string,
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...environment(cwd), ...env }, maxBuffer: 1 << 30 };
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    // A child that ends without reading breaks the pipe; what it did is in its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** What `dvc` imports for nearly all that it does. */
const MODULES = [
  ...[
    'dvc.cli.parser',
    'dvc.repo.init',
    'dvc.repo.index',
    'dvc.repo.artifacts',
    'dvc.repo.plots',
    'dvc.repo.graph',
  ],
  ...['dvc.cachemgr', 'dvc.data_cloud', 'dvc.rwlock', 'dvc.utils.strictyaml', 'networkx', 'ruamel.yaml'],
];
const forked = pythonForks(join(dirname(executable ?? ''), 'python'), MODULES);

/** @param env beside the process's own */
export function dvc(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return executable === undefined
    ? run('dvc', args, cwd, { env })
    : forked([executable, ...args], { cwd, env: { ...environment(cwd), ...env } });
}

/** What it prints when it succeeds, as it must. */
export async function dvcSays(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await dvc(args, cwd);
  if (code !== 0) throw new Error(`dvc ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** Runs a script in the Python that DVC is installed in. */
export async function python(script: string, input: string, cwd = process.cwd()): Promise<string> {
  const result = await forked(['-c', script], { cwd, env: environment(cwd), input });
  if (result.code !== 0) throw new Error(`python: ${result.stderr}`);
  return result.stdout;
}
