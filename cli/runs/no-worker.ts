import { WORKFLOW_QUEUE } from '../../workflows/index.js';

/** What a person is told of a workflow that no worker answers for. */
export function noWorker(what: 'run' | 'sweep', taskQueue: string) {
  return {
    event: 'notice',
    code: 'no-worker',
    message: `no worker answers for the ${what}: it waits until one serves the queue \`${taskQueue}\``,
    fix:
      taskQueue === WORKFLOW_QUEUE
        ? 'start `reprise worker` where the project is'
        : 'start the application whose worker polls it, or name another --task-queue',
  } as const;
}
