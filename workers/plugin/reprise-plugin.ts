import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Client } from '@temporalio/client';
import { SimplePlugin } from '@temporalio/plugin';
import { NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createShortActivities, createStageActivities } from '../../activities/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Plan, ReproduceActivities, ReproduceOptions } from '../../workflows/index.js';
import { hostIdOf } from '../host/host-id.js';
import { probeGpus } from '../gpu/probe.js';
import { WatchedGpus } from '../gpu/watched-gpus.js';
import { createHostSlots } from '../slots/host-slots.js';

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
}

/**
 * Adds DVC pipelines to a worker of somebody else's: its queue then also has the activities that `reproduce` and
 * `reproduceStage` of `reprise/workflows` ask for, which its workflows re-export or call. A plugin cannot ship workflows.
 */
export class ReprisePlugin extends SimplePlugin {
  constructor(readonly settings: ReprisePluginOptions = {}) {
    super({ name: 'reprise.ReprisePlugin' });
  }

  /** @throws DiagnosticError `activity-name-taken` */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    // Made when the first one is called: a worker is configured before it may wait for anything.
    let made: Promise<ReproduceActivities> | undefined;
    const ready = () => (made ??= createActivities(this.settings, options));
    const activities: ReproduceActivities = {
      plan: async (input) => await (await ready()).plan(input),
      commitLock: async (input) => await (await ready()).commitLock(input),
      publish: async (input) => await (await ready()).publish(input),
      servedQueues: async (input) => await (await ready()).servedQueues(input),
      runStage: async (input) => await (await ready()).runStage(input),
    };
    const taken = Object.keys(options.activities ?? {}).find((name) => name in activities);
    if (taken !== undefined) {
      throw new DiagnosticError('activity-name-taken', {
        message: `the worker has an activity ${taken} of its own, and ReprisePlugin brings one of that name`,
        fix: 'rename it, or give the plugin to another worker with a task queue of its own',
      });
    }
    return super.configureWorker({
      // Progress is read from heartbeats.
      maxHeartbeatThrottleInterval: '1 second',
      ...options,
      activities: { ...options.activities, ...activities },
    });
  }
}

async function createActivities(
  settings: ReprisePluginOptions,
  options: WorkerOptions,
): Promise<ReproduceActivities> {
  const root = resolve(settings.root ?? '.');
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
