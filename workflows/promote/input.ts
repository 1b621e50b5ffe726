import { z } from 'zod';
import type { Judged } from './types.js';
import { promotionWorkspaceField } from '../workspace-field.js';
import { promotionFields } from './settings.js';

/**
 * The one argument of the workflow `promote`. What it does not say is as `retrain` in `.reprise/config.yaml` says, or else by
 * default.
 */
export const promoteInput = z
  .strictObject({
    ...z.object(promotionFields).partial().shape,
    workspace: promotionWorkspaceField,
    /** Set by `retrain`, which has judged the candidate already. */
    judged: z.custom<Judged>().optional(),
  })
  .prefault({});
