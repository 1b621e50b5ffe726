import { z } from 'zod';
import type { StageProgress } from '../types.js';

const text = z.string().max(2_000);

/** Of what a stage reports, so many metrics with names of at most so many characters are carried: there may be one for each label. */
export const MOST_METRICS = 100;
export const LONGEST_METRIC = 200;

/**
 * What the signal `progress` carries. Anybody may send one: it is bounded, so that a table in the UI stays one. A worker of a newer
 * build may say more.
 */
const stageProgress = z.object({
  address: z.string().min(1).max(1_000),
  step: z.number().optional(),
  total: z.number().optional(),
  message: text.optional(),
  metrics: z
    .record(z.string().max(LONGEST_METRIC), z.number())
    .refine((metrics) => Object.keys(metrics).length <= MOST_METRICS)
    .optional(),
  checkpoint: z.object({ name: text, digest: z.string().max(200) }).optional(),
  tail: z.array(text).max(50).optional(),
  attempt: z.number().int().min(0),
  host: z.string().max(300),
  pid: z.number().int().optional(),
  usage: z
    .object({ gpuSeconds: z.number(), gpuSecondsLost: z.number(), gpuSecondsUnsaved: z.number() })
    .optional(),
  handedBack: z.number().int().optional(),
});

/** Undefined when it is none: a slip in somebody's reporting must not end a run, nor stop it. */
export function parseProgress(payload: unknown): StageProgress | undefined {
  return stageProgress.safeParse(payload).data as StageProgress | undefined;
}
