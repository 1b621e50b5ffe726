// @ts-check
import { existsSync } from 'node:fs';
import { findOnPath } from './find-on-path.mjs';
import { SetupFailure } from './failure.mjs';
import { WHEELS } from './tensorflow-wheels.mjs';

/** @typedef {import('./tensorflow-wheels.mjs').Variant} Variant */

/** Where Linux shows that the NVIDIA kernel driver is loaded; the last is WSL's. */
const DRIVER_TRACES = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'];

/** @param {NodeJS.ProcessEnv} [env] */
function hasNvidiaDriver(env = process.env) {
  return DRIVER_TRACES.some((path) => existsSync(path)) || findOnPath(['nvidia-smi'], env) !== undefined;
}

/**
 * The build of TensorFlow for this host: CUDA's where there is an NVIDIA driver. `REPRISE_TENSORFLOW=cpu|cuda` overrides.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Variant}
 */
export function chooseVariant(env = process.env) {
  const wanted = env['REPRISE_TENSORFLOW'];
  if (wanted !== undefined && wanted !== 'cpu' && wanted !== 'cuda') {
    throw new SetupFailure(
      'bad-variant',
      `REPRISE_TENSORFLOW is ${JSON.stringify(wanted)}, which is neither "cpu" nor "cuda"`,
      'unset REPRISE_TENSORFLOW, or set it to cpu or cuda',
    );
  }
  const host = `${process.platform}-${process.arch}`;
  const build = wanted ?? (host === 'linux-x64' && hasNvidiaDriver(env) ? 'cuda' : 'cpu');
  const variant = `${host}-${build}`;
  if (variant in WHEELS) return /** @type {Variant} */ (variant);
  throw new SetupFailure(
    'no-native-library',
    `there is no TensorFlow library for ${variant}`,
    `use one of ${Object.keys(WHEELS).join(', ')}; without it pipelines still run, but not the finetuning commands`,
  );
}
