import { asDiagnostic } from './as-diagnostic.js';
import { cacheDir } from '../setup/cache.mjs';
import { packageRoot } from '../setup/root.mjs';
import { tensorflowStep } from '../setup/tensorflow.mjs';
import { libraryFolder } from '../setup/tensorflow-library.mjs';
import { chooseVariant } from '../setup/tensorflow-variant.mjs';
import { TENSORFLOW_VERSION } from '../setup/tensorflow-wheels.mjs';

export interface NativeLibrary {
  /** TensorFlow's version. */
  readonly version: string;
  readonly build: 'cpu' | 'cuda';
  /** Holds `lib`, `include` and, for CUDA, `nvidia`. */
  readonly folder: string;
}

/**
 * libtensorflow as the set-up has laid it out and linked it into tfjs-node-gpu. Undefined when `reprise setup` has yet to
 * do so.
 *
 * @throws DiagnosticError `no-native-library` on a platform that has none, `bad-variant`
 */
export async function nativeLibrary(
  env: NodeJS.ProcessEnv = process.env,
): Promise<NativeLibrary | undefined> {
  return await asDiagnostic(async () => {
    const cache = cacheDir(env);
    const variant = chooseVariant(env);
    if ((await tensorflowStep.find({ root: packageRoot(), cache, env })) === undefined) return undefined;
    return {
      version: TENSORFLOW_VERSION,
      build: variant.endsWith('cuda') ? 'cuda' : 'cpu',
      folder: libraryFolder(cache, variant),
    };
  });
}
