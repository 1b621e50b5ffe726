import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBaseConfig, projectLayout } from '../../configs/index.js';
import { dataPlace } from '../../finetuning/index.js';
import { MODEL_TAG, describeSource, modelDigest, type TrackingSetting } from '../../tracking/index.js';
import { openTracking, tellEnd, trackingSetting } from './open-tracking.js';

/** Milliseconds that the sending may take. */
const PATIENCE = 10 * 60_000;
const PLOTS = 'plots';

/**
 * Before anything is computed.
 *
 * @throws DiagnosticError `bad-tracking-uri`
 */
export async function evaluationTracking(root: string): Promise<TrackingSetting | undefined> {
  return await trackingSetting(root, loadBaseConfig(root));
}

/** By name, without those that cannot be told. */
type Figures = Readonly<Record<string, number | null>>;

/** What an evaluation found, as a run shows it. */
export interface TrackedFigures {
  /** Of the test set. */
  readonly rows: number;
  readonly base: Figures;
  readonly finetuned: Figures;
  /** Of neither model. */
  readonly others?: Figures;
}

/**
 * Adds what an evaluation found to the run of the training that made the model: it has the digest of the model's files. A
 * model whose run is not where runs go gets one of its own.
 */
export async function trackEvaluation(
  options: {
    readonly root: string;
    readonly setting: TrackingSetting;
    /** The test rows, relative to the project, where they are not the project's own. */
    readonly test: string | undefined;
    readonly log: (line: string) => void;
  },
  { rows, base, finetuned, others = {} }: TrackedFigures,
): Promise<void> {
  const { root, setting, test = dataPlace(root, 'test'), log } = options;
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
  const gains = Object.fromEntries(
    Object.entries(finetuned).map(([name, value]) => [name, (value ?? NaN) - (base[name] ?? NaN)]),
  );
  run.metrics(0, {
    ...named('test/', finetuned),
    ...named('test/base_', base),
    ...named('test/gain_', gains),
    ...named('test/', others),
  });
  if (statSync(join(root, test)).isFile())
    run.inputs([
      {
        name: test.split('/').at(-1) ?? test,
        digest: await md5(join(root, test)),
        uri: test,
        rows,
        context: 'evaluation',
      },
    ]);
  for (const folder of [projectLayout.reports, PLOTS]) {
    const names = await readdir(join(root, folder)).catch(() => []);
    for (const name of names.sort())
      if (statSync(join(root, folder, name)).isFile())
        run.artifact(join(root, folder, name), `${folder}/${name}`);
  }
  run.artifact(join(root, projectLayout.metrics), projectLayout.metrics);
  tellEnd(await run.close(undefined, PATIENCE), log);
}

function named(prefix: string, figures: Figures): Record<string, number> {
  const finite = Object.entries(figures).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  );
  return Object.fromEntries(finite.map(([name, value]) => [`${prefix}${name}`, value]));
}

async function md5(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
