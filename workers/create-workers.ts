import { Client } from '@temporalio/client';
import {
  Worker,
  type NativeConnection,
  type WorkerDeploymentOptions,
  type WorkerOptions,
} from '@temporalio/worker';
import {
  createDescribeActivities,
  createHostActivities,
  createShortActivities,
  createStageActivities,
  type ActivityDependencies,
  type RunAddress,
} from '../activities/index.js';
import { startSpawner } from '../runner/index.js';
import {
  ANNOUNCE_QUEUE,
  WORKFLOW_QUEUE,
  announcedLabels,
  describeQueue,
  hostQueue,
  logQueue,
  type WorkerDescription,
} from '../workflows/index.js';
import { buildIdOf } from './build-id.js';
import { dataConverter } from './payload-codec.js';
import { probeGpus, type GpuDevice, type GpuProblem } from './gpu/probe.js';
import { WatchedGpus } from './gpu/watched-gpus.js';
import { hostIdOf } from './host/host-id.js';
import { GPU_LABEL, stageQueues } from './queues.js';
import { endAll, runTogether } from './run-together.js';
import { createHostSlots, type SlotCounts } from './slots/host-slots.js';
import type { SharedSlots } from './slots/shared-slots.js';
import { useOfHost } from './slots/use.js';
import { workflowBundle } from './workflow-bundle.js';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Absolute folder that is served: workspaces lie inside it. */
  readonly projectRoot: string;
  /** Git repositories whose runs are taken: URLs, beginnings of URLs that end in `/`, or `*`. */
  readonly repositories?: readonly string[];
  /** Served beside the plain CPU queue, together and each alone. `gpu` is added when CUDA devices are found. */
  readonly labels?: readonly string[];
  /** How many stages run at once; a number: those without a GPU. */
  readonly slots?: number | SlotCounts;
  /** In place of the one kept in the served folder's `.reprise/host.json`. */
  readonly hostId?: string;
  /** Given: the workers are versioned, and a run stays with the build that began it. */
  readonly version?: { readonly deployment: string; readonly buildId: string };
  /** Runs whose state is kept in memory between their tasks; 0 rebuilds it from history each time. Default: the SDK's. */
  readonly cachedRuns?: number;
  /** Executable that `reprise` means in a stage's command. */
  readonly executable?: string;
  /** Where a person can watch a run; told to the stages' commands. */
  readonly runAddress?: RunAddress;
}

export interface Workers {
  readonly queues: readonly string[];
  readonly devices: readonly GpuDevice[];
  /** GPUs that are left out. */
  readonly problems: readonly GpuProblem[];
  /** Names this process in the Temporal UI: `pid@hostId`. */
  readonly identity: string;
  describe(): WorkerDescription;
  /** Polls until {@link shutdown}, or until a worker fails. */
  run(): Promise<void>;
  /** Takes no more work, ends what runs (it saves a checkpoint and is made again elsewhere), and lets {@link run} return. */
  shutdown(): void;
}

/** Readers of logs that are served at once, each for as long as it waits. */
const LOG_READERS = 20;

/**
 * One Worker a queue: the workflows with their short activities, what this host's labels add, each of these also for this host
 * alone, one that reads its logs, one that says how this process is, and one that only says that it is there. Those that run stages share
 * the host's slots.
 *
 * @throws DiagnosticError `too-many-labels`, `bad-gpu-slots`, `bad-host-id`, `not-built`
 */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace, projectRoot, version } = options;
  startSpawner();
  const [{ devices, problems }, host] = await Promise.all([
    probeGpus(),
    hostIdOf(projectRoot, options.hostId),
  ]);
  // Two builds on one host are two hosts to their runs: a stage is not to go from the one to the other.
  const hostId = version ? `${host}.${version.buildId}` : host;
  const identity = `${process.pid}@${hostId}`;
  const labels = [...new Set([...(options.labels ?? []), ...(devices.length > 0 ? [GPU_LABEL] : [])])];
  const stages = stageQueues(labels);
  const counts = typeof options.slots === 'number' ? { cpu: options.slots } : (options.slots ?? {});
  const slots = createHostSlots(
    counts,
    devices.map((device) => device.index),
  );
  const gpus = new WatchedGpus(slots.pool, problems);
  const bundle = workflowBundle();
  const buildId = version?.buildId ?? buildIdOf(bundle.codePath);
  const queues = [WORKFLOW_QUEUE, ...stages.flatMap(({ name }) => [name, hostQueue(name, hostId)])];

  const describe = (): WorkerDescription => ({
    identity,
    hostId,
    project: projectRoot,
    labels,
    queues,
    buildId,
    ...(version ? { deployment: version.deployment } : {}),
    ...useOfHost(slots, gpus, labels.includes(GPU_LABEL)),
  });

  const deps: Omit<ActivityDependencies, 'slots'> = {
    root: projectRoot,
    repositories: options.repositories ?? [],
    client: new Client({ connection, namespace, identity, dataConverter }),
    gpus,
    memory: slots.memory,
    executable: options.executable,
    ...(options.runAddress ? { runAddress: options.runAddress } : {}),
    hostId,
  };
  const shared = {
    connection,
    namespace,
    identity,
    dataConverter,
    // Progress is read from heartbeats: a throttle of the default's length would show it half a minute late.
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
    // A stage is told at once that its worker leaves, and has its own grace time to save and end.
    shutdownGraceTime: '10 milliseconds',
    // The SDK ends a workflow's task that computes for longer, and its thread does not survive that: on a host that is busy with
    // stages, the plan of ten thousand can take more than the 5 s that it gives by itself.
    isolateExecutionTimeout: '1 minute',
    // After a worker is killed, the run's next task waits this long for it before any other may have it.
    stickyQueueScheduleToStartTimeout: '2 seconds',
  } as const;
  // The server limits how many queues one version may have, and hosts come and go: their own queues stand outside.
  const outside = deploymentOf(buildId);
  const inside = version ? deploymentOf(buildId, version.deployment) : outside;

  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: WORKFLOW_QUEUE,
      workflowBundle: bundle,
      activities: createShortActivities({ ...deps, slots: slots.cpu }),
      ...(options.cachedRuns === undefined ? {} : { maxCachedWorkflows: options.cachedRuns }),
      workerDeploymentOptions: inside,
    }),
    ...stages.flatMap(({ name, gpu }) => {
      const own = gpu ? slots.gpu : slots.cpu;
      const stage = {
        ...shared,
        ...sharing(own),
        activities: createStageActivities({ ...deps, slots: own }),
      };
      return [
        Worker.create({ ...stage, taskQueue: name, workerDeploymentOptions: inside }),
        Worker.create({ ...stage, taskQueue: hostQueue(name, hostId), workerDeploymentOptions: outside }),
      ];
    }),
    Worker.create({
      ...shared,
      taskQueue: describeQueue(identity),
      activities: createDescribeActivities(describe),
      maxConcurrentActivityTaskExecutions: 1,
      workerDeploymentOptions: outside,
    }),
    // Stages' queues are not polled while the slots are taken: its name here says what it serves all the same.
    Worker.create({
      ...shared,
      ...sharing(slots.presence),
      identity: announcedLabels(identity, labels),
      taskQueue: ANNOUNCE_QUEUE,
      activities: createDescribeActivities(describe),
      workerDeploymentOptions: outside,
    }),
    // Beside the stages' slots: a host that is busy with them still answers.
    Worker.create({
      ...shared,
      taskQueue: logQueue(hostId),
      activities: createHostActivities(deps),
      maxConcurrentActivityTaskExecutions: LOG_READERS,
      activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
      workerDeploymentOptions: outside,
    }),
  ]);
  return {
    queues,
    devices,
    problems,
    identity,
    describe,
    async run() {
      try {
        await runTogether(workers);
      } finally {
        gpus.stop();
      }
    },
    shutdown: () => endAll(workers),
  };
}

/** One poll a queue: each open poll may bring a stage. */
function sharing(slots: SharedSlots): Pick<WorkerOptions, 'tuner' | 'activityTaskPollerBehavior'> {
  const unused = { type: 'fixed-size', numSlots: 1 } as const;
  return {
    tuner: {
      workflowTaskSlotSupplier: unused,
      localActivityTaskSlotSupplier: unused,
      nexusTaskSlotSupplier: unused,
      activityTaskSlotSupplier: slots.supplier(),
    },
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
  };
}

/** Without a deployment of the user's, the build's name is only shown. */
function deploymentOf(buildId: string, deployment?: string): WorkerDeploymentOptions {
  return deployment === undefined
    ? { version: { deploymentName: 'reprise', buildId }, useWorkerVersioning: false }
    : {
        version: { deploymentName: deployment, buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      };
}
