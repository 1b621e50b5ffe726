import { availableParallelism } from 'node:os';
import { Client } from '@temporalio/client';
import { NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createShortActivities, createStageActivities } from '../../activities/index.js';
import type { Plan, ReproduceOptions, WorkerDescription } from '../../workflows/index.js';
import { probeGpus } from '../gpu/probe.js';
import { WatchedGpus } from '../gpu/watched-gpus.js';
import { hostIdOf } from '../host/host-id.js';
import { GPU_LABEL } from '../queues.js';
import { createHostSlots } from '../slots/host-slots.js';
import { useOfHost } from '../slots/use.js';
import { rootOf, type ReprisePluginOptions } from './options.js';
import type { ServedActivities } from './served-activities.js';

/** What the plugin makes of a worker's host. */
export interface ServedStages {
  readonly activities: ServedActivities;
  describe(): Omit<WorkerDescription, 'identity' | 'buildId'>;
}

/** @throws DiagnosticError `bad-host-id` */
export async function serveStages(
  settings: ReprisePluginOptions,
  options: WorkerOptions,
): Promise<ServedStages> {
  const root = rootOf(settings);
  const { namespace = 'default', taskQueue } = options;
  const { devices, problems } = await probeGpus();
  const slots = createHostSlots(
    { cpu: settings.slots ?? availableParallelism() },
    devices.map((device) => device.index),
  );
  const gpus = new WatchedGpus(slots.pool, problems);
  const hostId = await hostIdOf(root, settings.hostId);
  const deps = {
    root,
    repositories: settings.repositories ?? [],
    client: new Client({
      connection: options.connection ?? (await NativeConnection.connect()),
      namespace,
      ...(options.dataConverter ? { dataConverter: options.dataConverter } : {}),
    }),
    gpus,
    memory: slots.memory,
    slots: slots.cpu,
    executable: undefined,
    hostId,
  };
  const short = createShortActivities(deps);
  const labels = new Set(settings.labels);
  return {
    activities: {
      ...short,
      ...createStageActivities(deps),
      plan: async (input) => onQueue(taskQueue, labels, input, await short.plan(input)),
      planRetrain: async (input) => ({ ...(await short.planRetrain(input)), predictQueue: taskQueue }),
    },
    describe: () => ({
      hostId,
      project: root,
      labels: [...labels],
      queues: [taskQueue],
      ...useOfHost(slots, gpus, labels.has(GPU_LABEL)),
    }),
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
