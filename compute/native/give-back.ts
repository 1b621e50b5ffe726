import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { ownAddon } from './own-addon.js';
import { PACKAGE } from './tensorflow.js';

/** `infra/setup/give-back.cc`. */
interface GiveBack {
  giveBack(path: string): void;
}

let addon: GiveBack | undefined;

/**
 * Gives back what this process holds in case: what it has freed, and pages of TensorFlow's library, which come again from its file when
 * they are needed. For after what is done once, such as a signature's first run, which compiles it.
 */
export function giveBackMemory(): void {
  if (!addon) {
    const tfjs = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
    addon = ownAddon<GiveBack>(tfjs, 'give_back.node') ?? { giveBack: () => {} };
  }
  addon.giveBack('libtensorflow');
}
