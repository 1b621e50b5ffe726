import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { loadBaseConfig, projectLayout } from '../../configs/index.js';
import type { Comparison } from '../../finetuning/index.js';
import { MODEL_TAG, describeSource, modelDigest } from '../../tracking/index.js';
import { openTracking, tellEnd, trackingSetting, type TrackingSetting } from './open-tracking.js';

/** Milliseconds that the sending may take. */
const PATIENCE = 10 * 60_000;
const REPORTS = ['report.html', 'confusion_matrix.csv', 'predictions.jsonl'];

/**
 * Before anything is computed.
 *
 * @throws DiagnosticError `bad-tracking-uri`
 */
export async function evaluationTracking(root: string): Promise<TrackingSetting | undefined> {
  return await trackingSetting(root, loadBaseConfig(root));
}

/**
 * Adds what an evaluation found to the run of the training that made the model: it has the digest of the model's files. A
 * model whose run is not where runs go gets one of its own.
 */
export async function trackEvaluation(
  root: string,
  setting: TrackingSetting,
  comparison: Comparison,
  log: (line: string) => void,
): Promise<void> {
  const run = await openTracking(setting, {
    key: await modelDigest(join(root, projectLayout.bestModel)),
    keyTag: MODEL_TAG,
    run: 'latest',
    name: loadBaseConfig(root).name,
    source: await describeSource(root, 'reprise evaluate'),
    systemMetrics: false,
    log,
  });
  if (!run) return;
  const { majority, base, finetuned } = comparison;
  run.metrics(0, {
    ...figures('test/', finetuned),
    ...figures('test/base_', base),
    'test/majority_accuracy': majority.metrics.accuracy,
    'test/gain_accuracy': finetuned.metrics.accuracy - base.metrics.accuracy,
    'test/gain_macro_f1': finetuned.metrics.macro_f1 - base.metrics.macro_f1,
  });
  run.inputs([
    {
      name: projectLayout.test.split('/').at(-1) ?? projectLayout.test,
      digest: await md5(join(root, projectLayout.test)),
      uri: projectLayout.test,
      rows: comparison.rows.length,
      context: 'evaluation',
    },
  ]);
  for (const name of REPORTS)
    run.artifact(join(root, projectLayout.reports, name), `${projectLayout.reports}/${name}`);
  run.artifact(join(root, projectLayout.metrics), projectLayout.metrics);
  tellEnd(await run.close(undefined, PATIENCE), log);
}

function figures(prefix: string, { metrics }: Comparison['base']): Record<string, number> {
  const { accuracy, macro_precision, macro_recall, macro_f1 } = metrics;
  const named = { accuracy, macro_precision, macro_recall, macro_f1 };
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [`${prefix}${name}`, value]));
}

async function md5(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
