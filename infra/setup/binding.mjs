// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { lastLines, run } from './children.mjs';
import { SetupFailure } from './failure.mjs';
import { findOnPath } from './find-on-path.mjs';
import { packageRoot } from './root.mjs';

/** The binding package's sources that are compiled; the headers beside them count in the key. */
const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];
const HEADERS = [
  'napi_auto_ref.h',
  'tf_auto_status.h',
  'tf_auto_tensor.h',
  'tfe_auto_op.h',
  'tfjs_backend.h',
  'utils.h',
];
/** Ours, each an addon of its own: source → file. What they are for, they say themselves. */
const OWN = /** @type {const} */ ([
  ['quiet-load.cc', 'quiet_load.node'],
  ['give-back.cc', 'give_back.node'],
]);
/** @param {string} name */
const ownSource = (name) => join(packageRoot(), 'infra/setup', name);
/** The Node-API version the package is built for; every Node from 12.22 has it. */
const NAPI = 8;
const COMPILE = ['-std=c++17', '-O2', '-fPIC', '-w', `-DNAPI_VERSION=${NAPI}`, `-DBUILDING_NODE_EXTENSION`];
const LINK =
  process.platform === 'darwin'
    ? ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib']
    : ['-shared', '-Wl,-rpath,$ORIGIN/../../deps/lib'];

/** The compiled addon's place inside the package. */
export const ADDON = `lib/napi-v${NAPI}/tfjs_binding.node`;

/**
 * The folder for the addon made of these sources and this library: `deps` links to the library, so that the addon's
 * run path holds wherever it is loaded from.
 *
 * @param {{ cache: string, library: string, tfjs: string }} inputs `tfjs`: the folder of @tensorflow/tfjs-node-gpu
 */
export function bindingFolder({ cache, library, tfjs }) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([relative(cache, library), process.platform, process.arch, COMPILE, LINK]));
  for (const name of [...SOURCES, ...HEADERS]) hash.update(readFileSync(join(tfjs, 'binding', name)));
  for (const [name] of OWN) hash.update(readFileSync(ownSource(name)));
  return join(cache, 'binding', hash.digest('hex').slice(0, 16));
}

/** @param {string} folder */
export function hasBinding(folder) {
  return existsSync(join(folder, ADDON)) && existsSync(join(folder, 'deps/lib'));
}

/** @param {NodeJS.ProcessEnv} env */
export function requireCompiler(env) {
  const compiler = findOnPath(env['CXX'] ? [env['CXX']] : ['g++', 'c++', 'clang++'], env);
  if (compiler) return compiler;
  throw new SetupFailure(
    'compiler-missing',
    'no C++ compiler is on PATH (looked for g++, c++ and clang++); it compiles the binding between Node and TensorFlow',
    process.platform === 'darwin'
      ? 'xcode-select --install'
      : 'sudo apt-get install g++   (or: dnf install gcc-c++)',
  );
}

/**
 * @param {{ folder: string, library: string, tfjs: string, nodeHeaders: string, compiler: string, env: NodeJS.ProcessEnv }} inputs
 *   `nodeHeaders`: the folder of node_api.h
 */
export async function compileBinding({ folder, library, tfjs, nodeHeaders, compiler, env }) {
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(join(part, ADDON, '..'), { recursive: true });
  await symlink(library, join(part, 'deps'));
  const objects = SOURCES.map((name) => join(part, name.replace(/\.cc$/, '.o')));
  await Promise.all(
    SOURCES.map((name, index) =>
      compile(compiler, env, [
        ...COMPILE,
        `-I${nodeHeaders}`,
        `-I${join(library, 'include')}`,
        '-c',
        join(tfjs, 'binding', name),
        '-o',
        /** @type {string} */ (objects[index]),
      ]),
    ),
  );
  await compile(compiler, env, [
    ...objects,
    `-L${join(library, 'lib')}`,
    '-ltensorflow',
    '-ltensorflow_framework',
    ...LINK,
    '-o',
    join(part, ADDON),
  ]);
  for (const object of objects) await rm(object);
  for (const [name, file] of OWN)
    await compile(compiler, env, [
      ...[...COMPILE, `-I${nodeHeaders}`, ownSource(name), ...LINK, '-ldl'],
      ...['-o', join(part, ADDON, '..', file)],
    ]);
  await rm(folder, { recursive: true, force: true });
  await rename(part, folder);
}

/**
 * @param {string} compiler
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 */
async function compile(compiler, env, args) {
  const { code, output } = await run(compiler, args, { env });
  if (code === 0) return;
  throw new SetupFailure(
    'compile-failed',
    `${compiler} could not compile the binding between Node and TensorFlow`,
    'use g++ 9 or clang 10, or newer (CXX names another compiler), and run the same command again',
    lastLines(output, 12),
  );
}
