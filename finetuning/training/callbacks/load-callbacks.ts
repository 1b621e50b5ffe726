import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FinetuningConfig } from '../../../configs/index.js';
import type { Locator } from '../../../diagnostics/index.js';
import { createFromFile, pathOf, type UserFile } from '../../user-code/load-module.js';
import type { TrainingCallback } from './callback.js';

/** sha256 of each file of `callbacks`: what a training does may follow from them. */
export function callbackDigests(paths: readonly string[], projectDir: string, places?: Locator): string[] {
  return paths.map((path, index) =>
    createHash('sha256')
      .update(readFileSync(pathOf(userFile(path, index, projectDir, places))))
      .digest('hex'),
  );
}

/**
 * The user's own callbacks, by their paths. A file exports `createCallback(config)`, which gives a `TrainingCallback`.
 *
 * @throws DiagnosticError `bad-callback` for a path outside of the project, a file that is not there or exports nothing
 *   of that name, or TypeScript where Node cannot run it
 */
export async function loadCallbacks(
  paths: readonly string[],
  projectDir: string,
  config: FinetuningConfig,
  places?: Locator,
): Promise<ReadonlyMap<string, TrainingCallback>> {
  const callbacks = new Map<string, TrainingCallback>();
  for (const [index, path] of paths.entries()) {
    const file = userFile(path, index, projectDir, places);
    callbacks.set(path, await createFromFile(file, 'createCallback', [config], CALLBACK));
  }
  return callbacks;
}

const CALLBACK = {
  described: 'an object with onStep, onEvaluate, onCheckpoint, onEpoch or onEnd',
  is: (value: unknown): value is TrainingCallback => typeof value === 'object' && value !== null,
};

function userFile(path: string, index: number, projectDir: string, places: Locator | undefined): UserFile {
  return {
    path,
    projectDir,
    setting: 'finetuning.callbacks',
    code: 'bad-callback',
    at: places?.locate(['callbacks', index]),
  };
}
