import { availableParallelism, hostname } from 'node:os';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import {
  createShortActivities,
  createStageActivities,
  type ActivityDependencies,
} from '../activities/index.js';
import { WORKFLOW_QUEUE, stageQueue } from '../workflows/index.js';
import { probeGpus, type GpuDevice } from './gpu/probe.js';
import { GpuPool } from './gpu/pool.js';
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
  /** How many stages without a GPU run at once. Default: one a core. */
  readonly slots?: number;
  /** Executable that `reprise` means in a stage's command. */
  readonly executable?: string;
}

export interface Workers {
  readonly queues: readonly string[];
  readonly devices: readonly GpuDevice[];
  /** Names this process in the Temporal UI: `pid@host`. */
  readonly identity: string;
  /** Polls until {@link shutdown}, or until a worker fails. */
  run(): Promise<void>;
  /** Takes no more work, ends what runs (it saves a checkpoint and is made again elsewhere), and lets {@link run} return. */
  shutdown(): void;
}

/** One worker a queue: the workflows with their short activities, the CPU, and what this host's labels add. */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace } = options;
  const devices = await probeGpus();
  const identity = `${process.pid}@${hostname()}`;
  const deps: ActivityDependencies = {
    root: options.projectRoot,
    repositories: options.repositories ?? [],
    client: new Client({ connection, namespace, identity }),
    gpus: new GpuPool(devices.map((device) => device.index)),
    executable: options.executable,
    host: hostname(),
  };
  const shared = {
    connection,
    namespace,
    identity,
    // Progress is read from heartbeats: a throttle of the default's length would show it half a minute late.
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
    // A stage is told at once that its worker leaves, and has its own grace time to save and end.
    shutdownGraceTime: '10 milliseconds',
    // After a worker is killed, the run's next task waits this long for it before any other may have it.
    stickyQueueScheduleToStartTimeout: '2 seconds',
  } as const;

  const stageActivities = createStageActivities(deps);
  const labelled = labelQueues([...(options.labels ?? []), ...(devices.length > 0 ? ['gpu'] : [])]);
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: WORKFLOW_QUEUE,
      workflowBundle: workflowBundle(),
      activities: createShortActivities(deps),
    }),
    Worker.create({
      ...shared,
      taskQueue: stageQueue([]),
      activities: stageActivities,
      maxConcurrentActivityTaskExecutions: options.slots ?? availableParallelism(),
    }),
    ...labelled.map((taskQueue) =>
      Worker.create({
        ...shared,
        taskQueue,
        activities: stageActivities,
        maxConcurrentActivityTaskExecutions: Math.max(1, devices.length),
      }),
    ),
  ]);

  return {
    queues: [WORKFLOW_QUEUE, stageQueue([]), ...labelled],
    devices,
    identity,
    async run() {
      try {
        await Promise.all(workers.map((worker) => worker.run()));
      } finally {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      }
    },
    shutdown() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

/** The queues of every set of labels that this host can serve: `a, b` serves stages that ask for a, for b, or for both. */
export function labelQueues(labels: readonly string[]): readonly string[] {
  const sets = [...new Set(labels)]
    .sort()
    .reduce<string[][]>((all, label) => [...all, ...all.map((set) => [...set, label])], [[]]);
  return sets.filter((set) => set.length > 0).map(stageQueue);
}
