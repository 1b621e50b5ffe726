/** What the set-up has put where, for the rooms that use it at run time. */
export { cacheDir } from '../setup/cache.mjs';
export { packageRoot } from '../setup/root.mjs';
export { findTemporalCli, type TemporalCli } from './temporal-cli.js';
export { findPip, type Pip } from './pip.js';
export { pipArguments } from '../setup/tensorflow-wheels.mjs';
export { unzip } from '../setup/unzip.mjs';
export { nativeLibrary, type NativeLibrary } from './native-library.js';
