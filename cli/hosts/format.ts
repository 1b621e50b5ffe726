import { WORKFLOW_QUEUE, type Use } from '../../workflows/index.js';
import type { ListedWorker } from './list-workers.js';

/** For a person: a few lines a worker. */
export function formatWorkers(workers: readonly ListedWorker[], now = Date.now()): string {
  if (workers.length === 0) return 'no worker polls this server: start `reprise worker` on a host\n';
  return workers.map((worker) => `${formatWorker(worker, now).join('\n')}\n`).join('');
}

function formatWorker(worker: ListedWorker, now: number): string[] {
  const { identity, lastSeen, taskQueue, buildId, deployment } = worker;
  const seconds = Math.max(0, Math.round((now - lastSeen.getTime()) / 1000));
  const why =
    taskQueue === WORKFLOW_QUEUE ? '' : ': it is gone, or its application does not export describeWorkers';
  const silent = worker.answers ? '' : `, does NOT answer${why}`;
  const build = `  build ${buildId ?? 'unknown'}${deployment === undefined ? '' : ` of ${deployment}`}`;
  const head = [`${identity}: last seen ${seconds} s ago${silent}`, build];
  if (!worker.answers) return head;
  const { project, labels = [], slots, gpus, gpuProblems = [], stages = [] } = worker;
  return [
    ...head,
    `  serves ${project}${labels.length === 0 ? '' : `, labels ${labels.join(', ')}`}`,
    `  slots: ${Object.entries(slots ?? {})
      .map(([kind, use]) => `${kind} ${used(use)}`)
      .join(', ')}${gpus && gpus.total > 0 ? `; GPUs ${used(gpus)}` : ''}`,
    ...gpuProblems.map((problem) => `  ${problem}`),
    ...(stages.length === 0 ? [] : [`  runs ${stages.join(', ')}`]),
  ];
}

function used({ used, total }: Use): string {
  return `${used}/${total}`;
}
