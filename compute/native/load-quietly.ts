import { join } from 'node:path';
import { ownAddon } from './own-addon.js';

const LIBRARY = process.platform === 'darwin' ? 'libtensorflow.dylib' : 'libtensorflow.so';
/** What the library says each time, of itself, whatever level of logs is asked for. */
const GREETINGS = [
  /^WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR$/,
  /oneDNN custom operations are on\. You may see slightly different numerical results/,
];

/** `infra/setup/quiet-load.cc`. */
interface Loader {
  load(path: string): { readonly said: string; readonly error?: string };
}

/**
 * Loads libtensorflow before the binding needs it, without the two lines with which it greets. Anything else that is said
 * meanwhile is passed on. What cannot be loaded is left to the binding, whose error is told.
 *
 * @param tfjs the folder of tfjs-node-gpu
 */
export function loadQuietly(tfjs: string): void {
  const loader = ownAddon<Loader>(tfjs, 'quiet_load.node');
  if (!loader) return;
  const rest = withoutGreetings(loader.load(join(tfjs, 'deps/lib', LIBRARY)).said);
  if (rest !== '') process.stderr.write(rest);
}

/** @param said lines, each with its end */
export function withoutGreetings(said: string): string {
  const lines = said.split(/(?<=\n)/);
  return lines.filter((line) => !GREETINGS.some((greeting) => greeting.test(line.trimEnd()))).join('');
}
