import { join } from 'node:path';
import type { Production } from '../../finetuning/index.js';

/** The model in production: its folder, the base that it lies over, and its labels. */
export interface ProductionModel {
  readonly description: string;
  readonly baseModelDir: string;
  readonly adapterDir: string;
  readonly labels: readonly string[];
}

/**
 * The model in production, to be asked beside the others; undefined where nothing was ever promoted.
 *
 * @param finetuned folder of the model that is evaluated
 * @throws DiagnosticError `bad-production`, `bad-model-folder`, those of `resolvePretrained`
 */
export async function openProduction(
  root: string,
  finetuned: string,
  log: (line: string) => void,
): Promise<Production<ProductionModel> | undefined> {
  const { readProduction } = await import('../../promotion/index.js');
  const { localSettings } = await import('../retrain/local-settings.js');
  const record = await readProduction(root, localSettings(root).final);
  if (!record) return undefined;
  const { isCheckedOut, productionSource } = await import('../serving/model-sources.js');
  const { path } = record.model;
  if (!isCheckedOut(root, record))
    return {
      reason: `The model in production is not compared: ${path} is not here. \`dvc pull ${path}\` brings it.`,
    };
  const { modelDigest } = await import('../../tracking/index.js');
  const folder = join(root, path);
  if ((await modelDigest(folder)) === (await modelDigest(finetuned)))
    return { reason: `The finetuned model is the one in production: version ${record.version}.` };
  const { baseModelDir, labels } = await productionSource(root, record, log);
  const description = `In production: version ${record.version}, ${path}`;
  return { contender: { description, baseModelDir, adapterDir: folder, labels } };
}
