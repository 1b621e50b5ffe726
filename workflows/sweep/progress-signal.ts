import { z } from 'zod';
import { parseProgress } from '../reproduce/progress.js';
import type { TrialProgress } from './types.js';

const envelope = z.object({ workflowId: z.string(), progress: z.unknown() });

/** Anybody may send a signal: what is not a trial's progress is passed over. */
export function parseTrialProgress(payload: unknown): TrialProgress | undefined {
  const { data } = envelope.safeParse(payload);
  const progress = data && parseProgress(data.progress);
  return data && progress ? { workflowId: data.workflowId, progress } : undefined;
}
