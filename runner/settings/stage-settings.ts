import { z } from 'zod';
import { DiagnosticError, parseWith } from '../../diagnostics/index.js';
import type { Stage } from '../../dvc/index.js';
import { byteCount } from './byte-count.js';
import { duration } from './duration.js';

/** In seconds. */
const WEEK = 7 * 86_400;
const MONTH = 30 * 86_400;

/** No `-`, which joins the labels in a queue's name. */
export const label = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.]*$/, 'expected a label of lower-case letters, digits, _ and .');

/** What `meta.reprise` of a stage may say. DVC itself ignores `meta`. */
export const stageSettings = z.strictObject({
  /** The stage runs on a worker that serves all of these. */
  labels: z.array(label).optional(),
  /** How many GPUs are leased to the command (`CUDA_VISIBLE_DEVICES`). 1 when the labels contain `gpu`. */
  gpus: z.number().int().min(0).optional(),
  /** How much memory the command needs: it does not run beside others where there is not so much. */
  memory: byteCount.optional(),
  /** How often a command that exits non-zero is run again. */
  retries: z.number().int().min(0).optional(),
  /** How long one run of the command may take. */
  timeout: duration.optional(),
  /** How long a worker may be silent before the stage is taken to be lost. */
  heartbeat: duration.optional(),
  /** 1 (first) to 5 (last). */
  priority: z.number().int().min(1).max(5).optional(),
  /** How long the command has, after SIGTERM, to save and leave. */
  grace: duration.optional(),
  /** Where the stage runs when no worker serves its labels: `cpu`. Otherwise it waits. */
  fallback: z.literal('cpu').optional(),
  /** What becomes of the command's checkpoints. */
  checkpoints: z
    .strictObject({
      /** Also in the DVC remote, where other hosts and other people's runs find them. Default: in a git workspace. */
      push: z.boolean().optional(),
      /** How many are kept in the remote. */
      keep: z.number().int().min(1).default(2),
      /** How long they are kept when nobody goes on with them. */
      expire: duration.default(MONTH),
    })
    .optional(),
});

export type StageSettings = z.output<typeof stageSettings>;

export interface EffectiveSettings {
  readonly labels: readonly string[];
  readonly gpus: number;
  /** Bytes; 0: not said. */
  readonly memory: number;
  readonly retries: number;
  /** Seconds. */
  readonly timeout: number;
  readonly heartbeat: number | undefined;
  readonly priority: number;
  readonly grace: number;
  readonly fallback: 'cpu' | undefined;
  readonly checkpoints: {
    readonly push: boolean | undefined;
    readonly keep: number;
    /** Seconds. */
    readonly expire: number;
  };
}

/**
 * @param defaults what `.reprise/config.yaml` says for every stage
 * @throws DiagnosticError `bad-setting` at the line of dvc.yaml
 */
export function settingsOf(
  stage: Pick<Stage, 'address' | 'meta' | 'locate'>,
  defaults: StageSettings,
): EffectiveSettings {
  const meta = stage.meta;
  const own = meta !== null && typeof meta === 'object' && 'reprise' in meta ? meta.reprise : {};
  if (own === null || typeof own !== 'object') {
    throw new DiagnosticError('bad-setting', {
      message: `${stage.address}: meta.reprise must be a mapping`,
      at: stage.locate(['meta', 'reprise']),
      fix: `use keys such as: ${Object.keys(stageSettings.shape).join(', ')}`,
    });
  }
  const settings = {
    ...defaults,
    ...parseWith(stageSettings, own, 'bad-setting', stage, ['meta', 'reprise']),
  };
  const labels = settings.labels ?? [];
  return {
    labels,
    gpus: settings.gpus ?? (labels.includes('gpu') ? 1 : 0),
    memory: settings.memory ?? 0,
    retries: settings.retries ?? 0,
    timeout: settings.timeout ?? WEEK,
    heartbeat: settings.heartbeat,
    priority: settings.priority ?? 3,
    grace: settings.grace ?? 30,
    fallback: settings.fallback,
    checkpoints: { push: undefined, keep: 2, expire: MONTH, ...settings.checkpoints },
  };
}
