import { readFileSync } from 'node:fs';
import { Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { EARLY_EVENTS_REFUSER } from '../../workflows/index.js';

/** Into workflows that an application has bundled beforehand nothing can be put any more: it is told what they lack. */
export function checkBundle(bundle: WorkflowBundleOption, taskQueue: string): void {
  if (codeOf(bundle).includes(EARLY_EVENTS_REFUSER)) return;
  Runtime.instance().logger.warn(
    `reprise: the workflow bundle of ${taskQueue} lacks the interceptor of ReprisePlugin: a query can break a run. ` +
      'Give the plugin to bundleWorkflowCode too, or name reprise/workflow-interceptors among its workflowInterceptorModules',
  );
}

function codeOf(bundle: WorkflowBundleOption): string {
  if ('code' in bundle) return bundle.code;
  try {
    return readFileSync(bundle.codePath, 'utf8');
  } catch {
    // The worker that reads it next says so.
    return EARLY_EVENTS_REFUSER;
  }
}
