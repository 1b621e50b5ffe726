// @ts-check
import { run } from './children.mjs';
import { SetupFailure } from './failure.mjs';
import { findOnPath } from './find-on-path.mjs';

/**
 * The command that is this machine's pip, as a list of words: pip of a Python on PATH, or a pip that stands alone.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ command: readonly [string, ...string[]], version: string } | undefined>}
 */
export async function findPip(env = process.env) {
  /** @type {[string, ...string[]][]} */
  const candidates = [];
  for (const name of ['python3', 'python']) {
    const python = findOnPath([name], env);
    if (python) candidates.push([python, '-m', 'pip']);
  }
  for (const name of ['pip3', 'pip']) {
    const pip = findOnPath([name], env);
    if (pip) candidates.push([pip]);
  }
  for (const command of candidates) {
    const [program, ...args] = command;
    const { code, stdout } = await run(program, [...args, '--version'], { env });
    const version = /^pip (\S+)/.exec(stdout)?.[1];
    if (code === 0 && version) return { command, version };
  }
  return undefined;
}

/** @param {NodeJS.ProcessEnv} [env] */
export async function requirePip(env = process.env) {
  const pip = await findPip(env);
  if (pip) return pip;
  throw new SetupFailure(
    'pip-missing',
    'pip, which fetches the TensorFlow library, is not on PATH (looked for python3 -m pip, python -m pip, pip3, pip)',
    process.platform === 'darwin'
      ? 'brew install python3'
      : 'sudo apt-get install python3-pip   (or: dnf install python3-pip)',
  );
}

/**
 * A Python that can make virtual environments, for the tools that tests and benchmarks compare with.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function requirePython(env = process.env) {
  const python = findOnPath(['python3', 'python'], env);
  if (python && (await run(python, ['-c', 'import venv, ensurepip'], { env })).code === 0) return python;
  throw new SetupFailure(
    'python-missing',
    python ? `${python} cannot make virtual environments` : 'Python 3 is not on PATH',
    process.platform === 'darwin' ? 'brew install python3' : 'sudo apt-get install python3 python3-venv',
  );
}
