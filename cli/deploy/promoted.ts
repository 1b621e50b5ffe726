import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { productionFile, readProduction, type ProductionRecord } from '../../promotion/index.js';
import { FINAL, isCheckedOut } from '../serving/model-sources.js';

/**
 * The record of the model in production.
 *
 * @throws DiagnosticError `nothing-promoted`, `bad-production`
 */
export async function promotedRecord(root: string): Promise<ProductionRecord> {
  const record = await readProduction(root, FINAL);
  if (record) return record;
  throw new DiagnosticError('nothing-promoted', {
    message: `no model was ever promoted: ${productionFile(FINAL)} is not there`,
    fix: 'register one and promote it: `reprise model register`, `reprise model promote`; `reprise retrain` does both, when a model is good enough',
  });
}

/**
 * The folder of its files.
 *
 * @throws DiagnosticError `model-not-here`
 */
export function promotedFolder(root: string, record: ProductionRecord): string {
  const { version, model } = record;
  if (isCheckedOut(root, record)) return join(root, model.path);
  throw new DiagnosticError('model-not-here', {
    message: `v${version} is in production, and its files are not here`,
    at: { file: model.path },
    fix: `fetch them: reprise pull ${model.path}`,
  });
}
