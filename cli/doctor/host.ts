import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findPip, packageRoot } from '../../infra/locate/index.js';
import { ask } from './ask.js';
import type { Finding, Part } from './finding.js';

/** Node's version that package.json asks for. */
const { engines } = createRequire(import.meta.url)(join(packageRoot(), 'package.json')) as {
  engines: { node: string };
};

export async function examineNode(): Promise<Finding> {
  const version = process.versions.node;
  const wanted = engines.node.replace(/^>=/, '');
  const common = { name: 'node', part: 'pipelines', version, detail: process.execPath } as const;
  if (isAtLeast(version, wanted)) return { ...common, state: 'found' };
  return {
    ...common,
    state: 'broken',
    detail: `${version} is older than ${wanted}`,
    fix: `install Node.js ${wanted} or newer: https://nodejs.org/en/download`,
  };
}

/** Numeric versions, as `20.3` and `20.18.1`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const have = version.split('.').map(Number);
  for (const [index, want] of wanted.split('.').map(Number).entries()) {
    const part = have[index] ?? 0;
    if (part !== want) return part > want;
  }
  return true;
}

export async function examineGit(): Promise<Finding> {
  return await examineProgram('git', 'optional', ['git'], /version (\S+)/, {
    purpose: '`reprise init` and git workspaces use it',
    fix: installCommand('git', 'git'),
  });
}

export async function examineDvc(): Promise<Finding> {
  return await examineProgram('dvc', 'optional', ['dvc'], /^(\S+)/, {
    purpose: 'not needed: Reprise reads and writes the same files',
    fix: 'pip install dvc',
  });
}

/** The compiler matters only until the native library has been set up. */
export async function examineCompiler(part: Part): Promise<Finding> {
  const names = process.env['CXX'] ? [process.env['CXX']] : ['g++', 'c++', 'clang++'];
  return await examineProgram('compiler', part, names, /(\d+\.\d+(?:\.\d+)?)/, {
    purpose: '`reprise setup` compiles the binding to TensorFlow with it',
    fix: process.platform === 'darwin' ? 'xcode-select --install' : installCommand('g++', 'gcc-c++'),
  });
}

export async function examinePip(part: Part): Promise<Finding> {
  const pip = await findPip();
  if (pip) {
    return { name: 'pip', part, state: 'found', version: pip.version, detail: pip.command.join(' ') };
  }
  return {
    name: 'pip',
    part,
    state: 'missing',
    detail: '`reprise setup` fetches the TensorFlow library with it',
    fix:
      process.platform === 'darwin' ? 'brew install python3' : installCommand('python3-pip', 'python3-pip'),
  };
}

async function examineProgram(
  name: string,
  part: Part,
  programs: readonly string[],
  pattern: RegExp,
  missing: { purpose: string; fix: string },
): Promise<Finding> {
  for (const program of programs) {
    const { ok, stdout } = await ask(program, ['--version']);
    const version = pattern.exec(stdout)?.[1];
    if (ok && version) return { name, part, state: 'found', version, detail: program };
  }
  return { name, part, state: 'missing', detail: missing.purpose, fix: missing.fix };
}

function installCommand(debian: string, fedora: string): string {
  return process.platform === 'darwin'
    ? `brew install ${debian}`
    : `sudo apt-get install ${debian}   (or: dnf install ${fedora})`;
}
