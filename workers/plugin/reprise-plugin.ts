import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Client } from '@temporalio/client';
import { SimplePlugin } from '@temporalio/plugin';
import { NativeConnection, Runtime, type Worker, type WorkerOptions } from '@temporalio/worker';
import { createShortActivities, createStageActivities } from '../../activities/index.js';
import type { Plan, ReproduceOptions } from '../../workflows/index.js';
import { hostIdOf } from '../host/host-id.js';
import { probeGpus } from '../gpu/probe.js';
import { WatchedGpus } from '../gpu/watched-gpus.js';
import { createHostSlots } from '../slots/host-slots.js';
import { createLogWorker, type SharedOptions } from './log-worker.js';
import {
  SERVED_WORKFLOWS,
  servedActivities,
  type ServedActivities,
  type ServedWorkflow,
} from './served-activities.js';

export interface ReprisePluginOptions {
  /** Folder that is served: the projects of runs lie inside it. Default: the current one. */
  readonly root?: string;
  /** Git repositories whose runs it takes: URLs, beginnings of URLs that end in `/`, or `*`. Default: none. */
  readonly repositories?: readonly string[];
  /** Labels of stages that this worker runs itself. Others go to the queues of `reprise worker`. */
  readonly labels?: readonly string[];
  /** Stages without a GPU that run at once. Default: one a core. */
  readonly slots?: number;
  /** In place of the one kept in the served folder's `.reprise/host.json`. */
  readonly hostId?: string;
  /** Which of `reprise/workflows` it serves; `reproduce` always. Default: all. */
  readonly workflows?: readonly ServedWorkflow[];
}

/**
 * Adds DVC pipelines to a worker of somebody else's: its queue then also has the activities that those of `reprise/workflows` ask
 * for which its own workflows re-export or call, and its host tells others what stages printed. A plugin cannot ship workflows.
 */
export class ReprisePlugin extends SimplePlugin {
  /** By task queue: what the workers that this plugin was given to were made with. */
  readonly #configured = new Map<string, SharedOptions>();

  constructor(readonly settings: ReprisePluginOptions = {}) {
    super({ name: 'reprise.ReprisePlugin' });
  }

  /** @throws DiagnosticError `activity-name-taken` */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    // A connection's plugins come to the worker that reads logs, too.
    if (this.#isOurs(options.taskQueue)) return options;
    let made: Promise<ServedActivities> | undefined;
    const ready = () => (made ??= createActivities(this.settings, options));
    const { workflows = SERVED_WORKFLOWS } = this.settings;
    const activities = servedActivities(workflows, ready, options.activities);
    this.#configured.set(options.taskQueue, options);
    return super.configureWorker({
      // Progress is read from heartbeats.
      maxHeartbeatThrottleInterval: '1 second',
      ...options,
      activities: { ...options.activities, ...activities },
    });
  }

  /** Beside it runs one that reads logs, which ends when it does. */
  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const options = this.#configured.get(worker.options.taskQueue);
    if (!options) return await super.runWorker(worker, next);
    this.#configured.delete(worker.options.taskQueue);
    const root = rootOf(this.settings);
    const logs = await createLogWorker(options, { root, hostId: await hostIdOf(root, this.settings.hostId) });
    const reading = logs.run().catch((error: unknown) => {
      // The application goes on without it.
      Runtime.instance().logger.error('reprise: logs of stages are not served to other hosts', { error });
    });
    try {
      await super.runWorker(worker, next);
    } finally {
      if (logs.getState() === 'RUNNING') logs.shutdown();
      await reading;
    }
  }

  #isOurs(taskQueue: string): boolean {
    return taskQueue.startsWith('reprise-logs@');
  }
}

const rootOf = (settings: ReprisePluginOptions): string => resolve(settings.root ?? '.');

async function createActivities(
  settings: ReprisePluginOptions,
  options: WorkerOptions,
): Promise<ServedActivities> {
  const root = rootOf(settings);
  const { namespace = 'default', taskQueue } = options;
  const { devices, problems } = await probeGpus();
  const slots = createHostSlots(
    { cpu: settings.slots ?? availableParallelism() },
    devices.map((device) => device.index),
  );
  const deps = {
    root,
    repositories: settings.repositories ?? [],
    client: new Client({
      connection: options.connection ?? (await NativeConnection.connect()),
      namespace,
      ...(options.dataConverter ? { dataConverter: options.dataConverter } : {}),
    }),
    gpus: new WatchedGpus(slots.pool, problems),
    memory: slots.memory,
    slots: slots.cpu,
    executable: undefined,
    hostId: await hostIdOf(root, settings.hostId),
  };
  const short = createShortActivities(deps);
  const labels = new Set(settings.labels);
  return {
    ...short,
    ...createStageActivities(deps),
    plan: async (input) => onQueue(taskQueue, labels, input, await short.plan(input)),
    planRetrain: async (input) => ({ ...(await short.planRetrain(input)), predictQueue: taskQueue }),
  };
}

/** Sends to this worker's queue what the rule of labels would send to those of `reprise worker`. */
function onQueue(
  queue: string,
  labels: ReadonlySet<string>,
  { cpuFallback }: Pick<ReproduceOptions, 'cpuFallback'>,
  plan: Plan,
): Plan {
  const stages = plan.stages.map((stage) =>
    stage.labels.every((label) => labels.has(label))
      ? { ...stage, queue }
      : { ...stage, ...(stage.fallbackQueue !== undefined || cpuFallback ? { fallbackQueue: queue } : {}) },
  );
  return { ...plan, stages };
}
