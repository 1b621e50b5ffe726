import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { neededFiles, readFinetunedFolder, resolvePretrained } from '../../../finetuning/index.js';
import { cacheBytes, type CacheBytes } from '../../../finetuning/serving/index.js';
import { DEFAULT_SIZES } from '../../serving/sizes.js';

/** Bytes of the two processes and the library that computes, with a model of no size: 590 MB were measured. */
const AT_REST = 700 * 2 ** 20;

/** Of GPT-2's config.json, as transformers has it. */
const languageModel = z.object({ n_layer: z.int(), n_embd: z.int(), n_positions: z.int() });

/**
 * What serving a model takes: bytes, with short texts and at most. The weights are read into JavaScript and held by TensorFlow; a step
 * has old and new values of a cache at once; and while another version is opened, both are there.
 *
 * @throws DiagnosticError of bad model folders
 */
export async function memoryOf(
  root: string,
  folder: string,
  log: (line: string) => void,
): Promise<{ readonly request: number; readonly limit: number }> {
  const { base, generates } = readFinetunedFolder(folder);
  const weights = base ? await resolvePretrained(base.name, { revision: base.revision, root, log }) : folder;
  const bytes = neededFiles(weights).reduce((sum, name) => sum + statSync(join(weights, name)).size, 0);
  const cache = generates ? cacheOf(weights) : { prepared: 0, most: 0 };
  return {
    request: AT_REST + 2 * bytes + cache.prepared,
    limit: AT_REST + 4 * bytes + 2 * cache.most,
  };
}

function cacheOf(folder: string): CacheBytes {
  const config = languageModel.parse(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const model = { layers: config.n_layer, hidden: config.n_embd, maxWidth: config.n_positions };
  return cacheBytes(model, DEFAULT_SIZES);
}
