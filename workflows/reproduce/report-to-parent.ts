import { getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { PROGRESS_SIGNAL, type StageProgress } from '../types.js';

/** Passes a stage's progress on, under the name of this workflow. A parent that is gone by now has no use for it. */
export function reportToParent(progress: StageProgress): void {
  const { parent, workflowId } = workflowInfo();
  if (!parent) return;
  const handle = getExternalWorkflowHandle(parent.workflowId, parent.runId);
  void handle.signal(PROGRESS_SIGNAL, { workflowId, progress }).catch(() => undefined);
}
