// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchWheel } from './fetch-wheel.mjs';
import { TENSORFLOW_VERSION, WHEELS } from './tensorflow-wheels.mjs';
import { unzip } from './unzip.mjs';

/** @typedef {import('./tensorflow-wheels.mjs').Variant} Variant */

/** The headers that the binding includes, with those they include; the wheel has 13,000. */
const HEADERS =
  /^tensorflow\/include\/((tensorflow|xla\/tsl|tsl)\/(c|core\/platform\/ctstring|platform\/ctstring).*\.h)$/;
const LIBRARIES = /^tensorflow\/(libtensorflow_(?:cc|framework)\..*)$/;
/** Shared libraries and XLA's assembler, from NVIDIA's wheels. */
const CUDA = /^(nvidia\/[^/]+\/(lib\/.*|bin\/ptxas|bin\/nvlink|nvvm\/libdevice\/.*))$/;

/**
 * The folder that holds `lib/`, `include/` and, for CUDA, `nvidia/`: laid out as the binding package's `deps/`.
 *
 * @param {string} cache
 * @param {Variant} variant
 */
export function libraryFolder(cache, variant) {
  return join(cache, 'tensorflow', `${TENSORFLOW_VERSION}-${variant}`);
}

/**
 * @param {string} cache
 * @param {Variant} variant
 */
export function hasLibrary(cache, variant) {
  return existsSync(join(libraryFolder(cache, variant), 'wheels.json'));
}

/**
 * Fetches the wheels and unpacks what is needed. The folder gets its name once it is whole.
 *
 * @param {{ cache: string, variant: Variant, pip: readonly [string, ...string[]], env: NodeJS.ProcessEnv,
 *           progress: (progress: import('./report.mjs').Progress) => void }} options
 */
export async function makeLibrary({ cache, variant, pip, env, progress }) {
  const downloads = join(cache, 'downloads');
  await mkdir(downloads, { recursive: true });
  const wheels = WHEELS[variant];
  const total = wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  const files = [];
  let before = 0;
  for (const wheel of wheels) {
    files.push(
      await fetchWheel(wheel, {
        pip,
        folder: downloads,
        env,
        onBytes: (bytes) => progress({ message: 'downloading TensorFlow', done: before + bytes, total }),
      }),
    );
    before += wheel.bytes;
  }

  const folder = libraryFolder(cache, variant);
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  let unpacked = 0;
  for (const file of files) {
    let last = 0;
    await unzip(
      file,
      (name) => {
        const header = HEADERS.exec(name)?.[1];
        if (header !== undefined) return join(part, 'include', header);
        const library = LIBRARIES.exec(name)?.[1];
        if (library !== undefined) return join(part, 'lib', library);
        const cuda = CUDA.exec(name)?.[1];
        return cuda === undefined ? undefined : join(part, cuda);
      },
      (bytes) => progress({ message: 'unpacking TensorFlow', done: unpacked + (last = bytes) }),
    );
    unpacked += last;
  }
  await nameLibraries(join(part, 'lib'));
  await writeFile(join(part, 'wheels.json'), JSON.stringify(wheels, null, 2));
  await rm(folder, { recursive: true, force: true });
  await rename(part, folder);
  for (const file of files) await rm(file, { force: true });
}

/**
 * The names under which the linker looks for the libraries (`-ltensorflow`).
 *
 * @param {string} lib
 */
async function nameLibraries(lib) {
  const links =
    process.platform === 'darwin'
      ? [
          ['libtensorflow.dylib', 'libtensorflow_cc.2.dylib'],
          ['libtensorflow_framework.dylib', 'libtensorflow_framework.2.dylib'],
        ]
      : [
          ['libtensorflow.so', 'libtensorflow_cc.so.2'],
          ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
        ];
  for (const [name, target] of links) {
    if (name && target && !existsSync(join(lib, name))) await symlink(target, join(lib, name));
  }
}
