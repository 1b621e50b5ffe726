import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const BINDING = 'lib/napi-v8/tfjs_binding.node';

/**
 * An addon of ours, which the set-up has compiled beside the binding.
 *
 * @param tfjs the folder of tfjs-node-gpu
 * @param name of the file; its source is in `infra/setup`
 * @returns `undefined` where the set-up has not been run, or was another version's
 */
export function ownAddon<T>(tfjs: string, name: string): T | undefined {
  const binding = join(tfjs, BINDING);
  if (!existsSync(binding)) return undefined;
  const addon = join(dirname(realpathSync(binding)), name);
  return existsSync(addon) ? (createRequire(import.meta.url)(addon) as T) : undefined;
}
