// @ts-check
import { join } from 'node:path';
import { ADDON, bindingFolder, compileBinding, hasBinding, requireCompiler } from './binding.mjs';
import { SetupFailure } from './failure.mjs';
import { isLinked, makeLink } from './link.mjs';
import { requirePip } from './python.mjs';
import { installedPackage, isCheckout } from './root.mjs';
import { hasLibrary, libraryFolder, makeLibrary } from './tensorflow-library.mjs';
import { chooseVariant } from './tensorflow-variant.mjs';
import { TENSORFLOW_VERSION } from './tensorflow-wheels.mjs';

const TFJS = '@tensorflow/tfjs-node-gpu';
const TFJS_VERSION = '4.22.0';

/**
 * libtensorflow and the binding that is compiled against it, linked into the installed tfjs-node-gpu in place of the
 * TensorFlow 2.9 and CUDA 11 that this package would download.
 *
 * @type {import('./step.mjs').Step}
 */
export const tensorflowStep = {
  name: 'tensorflow',

  async find({ root, cache, env }) {
    const variant = chooseVariant(env);
    const tfjs = installedPackage(TFJS, root);
    const library = libraryFolder(cache, variant);
    if (!tfjs || !hasLibrary(cache, variant)) return undefined;
    const folder = bindingFolder({ cache, library, tfjs });
    if (!hasBinding(folder) || !isLinked(join(tfjs, 'deps'), library)) return undefined;
    if (!isLinked(join(tfjs, ADDON), join(folder, ADDON))) return undefined;
    return `TensorFlow ${TENSORFLOW_VERSION} (${variant})`;
  },

  async check({ root, cache, env }) {
    const variant = chooseVariant(env);
    // A checkout gets them by the step before.
    if (!isCheckout(root)) requirePackages(root);
    requireCompiler(env);
    if (!hasLibrary(cache, variant)) await requirePip(env);
  },

  async make({ root, cache, env }, progress) {
    const variant = chooseVariant(env);
    const compiler = requireCompiler(env);
    const library = libraryFolder(cache, variant);
    if (!hasLibrary(cache, variant)) {
      const { command } = await requirePip(env);
      await makeLibrary({ cache, variant, pip: command, env, progress });
    }
    const { tfjs, headers } = requirePackages(root);
    const folder = bindingFolder({ cache, library, tfjs });
    if (!hasBinding(folder)) {
      progress({ message: 'compiling the binding' });
      const nodeHeaders = join(headers, 'include');
      await compileBinding({ folder, library, tfjs, nodeHeaders, compiler, env });
    }
    await makeLink(join(tfjs, 'deps'), library);
    await makeLink(join(tfjs, ADDON), join(folder, ADDON));
    return `TensorFlow ${TENSORFLOW_VERSION} (${variant})`;
  },
};

/**
 * The npm packages that hold the binding's sources and Node's headers. The first is optional: who only runs pipelines can do
 * without.
 *
 * @param {string} root
 */
function requirePackages(root) {
  const tfjs = installedPackage(TFJS, root);
  const headers = installedPackage('node-api-headers', root);
  if (tfjs && headers) return { tfjs, headers };
  const missing = tfjs ? 'node-api-headers' : `${TFJS}@${TFJS_VERSION}`;
  throw new SetupFailure(
    'package-missing',
    `the npm package ${missing} is not installed`,
    `npm install --ignore-scripts ${missing}`,
  );
}
