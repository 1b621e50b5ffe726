import { z } from 'zod';
import { PROMOTION_DEFAULTS, promotionFields, type PromotionSettings } from '../promote/settings.js';
import { promotionWorkspaceField } from '../workspace-field.js';

/** What `retrain` in `.reprise/config.yaml` may say: how to get new data, and the gates. */
const retrainFields = {
  /** What is brought up to date, as `reproduce` takes it. */
  targets: z.array(z.string().min(1)),
  /** Stages that fetch data, run although nothing changed. Absent: those without deps and without a GPU, and what `.dvc` files import. */
  ingest: z.array(z.string().min(1)).optional(),
  ...promotionFields,
} as const;

export interface RetrainSettings extends PromotionSettings {
  readonly targets: readonly string[];
  readonly ingest?: readonly string[] | undefined;
}

export const RETRAIN_DEFAULTS: RetrainSettings = { targets: [], ...PROMOTION_DEFAULTS };

export const retrainSection = z.strictObject(z.object(retrainFields).partial().shape);

/** The one argument of the workflow `retrain`: a plain JSON object whose fields may all be left out. */
export const retrainInput = z
  .strictObject({
    ...retrainSection.shape,
    /** How the stages are run, as the fields of `reproduce`. */
    jobs: z.number().int().min(0).default(0),
    cpuFallback: z.boolean().default(false),
    labelTimeout: z.number().min(0).default(0),
    heartbeat: z.number().min(1).default(30),
    /** Seconds without a `newData` signal to wait for before it begins. */
    debounce: z.number().min(0).max(86_400).default(0),
    workspace: promotionWorkspaceField,
  })
  .prefault({});
