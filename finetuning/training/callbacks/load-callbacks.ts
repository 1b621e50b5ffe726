import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FinetuningConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { TrainingCallback } from './callback.js';

/** sha256 of each file of `callbacks`: what a training does may follow from them. */
export function callbackDigests(paths: readonly string[], projectDir: string): string[] {
  return paths.map((path) =>
    createHash('sha256')
      .update(readFileSync(inProject(path, projectDir)))
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
): Promise<ReadonlyMap<string, TrainingCallback>> {
  const callbacks = new Map<string, TrainingCallback>();
  for (const path of paths) callbacks.set(path, await load(path, projectDir, config));
  return callbacks;
}

async function load(path: string, projectDir: string, config: FinetuningConfig): Promise<TrainingCallback> {
  const file = inProject(path, projectDir);
  if (path.endsWith('.ts') && !runsTypeScript())
    throw refused(path, `Node ${process.version} does not run TypeScript`, 'take Node 22.18 or newer, or compile the file and name the .js'); // prettier-ignore
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw refused(path, `it cannot be loaded: ${(cause as Error).message}`, 'correct the file', cause);
  }
  const { createCallback } = module;
  if (typeof createCallback !== 'function')
    throw refused(path, 'it exports no function createCallback', 'export function createCallback(config) that gives the callback'); // prettier-ignore
  const callback: unknown = await (createCallback as (config: FinetuningConfig) => unknown)(config);
  if (typeof callback !== 'object' || callback === null)
    throw refused(path, 'createCallback gives no object', 'give an object with onStep, onEvaluate, onCheckpoint, onEpoch or onEnd'); // prettier-ignore
  return callback;
}

/** Node strips types by itself since 22.18 and 23.6, and says so. */
function runsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: false | string };
  return typeof typescript === 'string';
}

function inProject(path: string, projectDir: string): string {
  const file = resolve(projectDir, path);
  if (relative(projectDir, file).split(sep)[0] === '..')
    throw refused(path, 'it lies outside of the project', 'name a file inside of the project');
  if (!existsSync(file)) throw refused(path, 'there is no such file', `add ${join(projectDir, path)}`);
  return file;
}

function refused(path: string, problem: string, fix: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError('bad-callback', {
    message: `finetuning.callbacks: ${path}: ${problem}`,
    found: path,
    fix,
    cause,
  });
}
