import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import { Runtime, type BundleOptions, type Worker, type WorkerOptions } from '@temporalio/worker';
import { ANNOUNCE_QUEUE, announcedAs, describeQueue, logQueue } from '../../workflows/index.js';
import { hostIdOf } from '../host/host-id.js';
import { createAnnouncingWorkers } from './announce-worker.js';
import { checkBundle } from './check-bundle.js';
import { createLogWorker } from './log-worker.js';
import { rootOf, type ReprisePluginOptions } from './options.js';
import { SERVED_WORKFLOWS, servedActivities } from './served-activities.js';
import { serveStages, type ServedStages } from './serve-stages.js';

/** A worker that this plugin was given to. */
interface Configured {
  readonly options: WorkerOptions;
  readonly served: () => Promise<ServedStages>;
}

/**
 * Adds DVC pipelines to a worker of somebody else's: its queue then also has the activities that those of `reprise/workflows` ask
 * for which its own workflows re-export or call, and its host tells others what stages printed and what it runs. A plugin cannot
 * ship workflows.
 */
export class ReprisePlugin extends SimplePlugin {
  /** By task queue. */
  readonly #configured = new Map<string, Configured>();

  constructor(readonly settings: ReprisePluginOptions = {}) {
    super({ name: 'reprise.ReprisePlugin' });
  }

  /** @throws DiagnosticError `activity-name-taken` */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    // A connection's plugins come to the workers beside it, too.
    if (isOurs(options.taskQueue)) return options;
    let made: Promise<ServedStages> | undefined;
    const served = () => (made ??= serveStages(this.settings, options));
    const { workflows = SERVED_WORKFLOWS } = this.settings;
    const ready = async () => (await served()).activities;
    const activities = servedActivities(workflows, ready, options.activities);
    this.#configured.set(options.taskQueue, { options, served });
    if (options.workflowBundle) checkBundle(options.workflowBundle, options.taskQueue);
    return super.configureWorker({
      // Progress is read from heartbeats.
      maxHeartbeatThrottleInterval: '1 second',
      ...options,
      activities: { ...options.activities, ...activities },
    });
  }

  /** Of a worker that bundles its workflows itself, of `bundleWorkflowCode`, and of a replay. */
  override configureBundler(options: BundleOptions): BundleOptions {
    const ours = fileURLToPath(new URL('../../workflows/refuse-early-events.js', import.meta.url));
    const { workflowInterceptorModules: others = [] } = options;
    return super.configureBundler({ ...options, workflowInterceptorModules: [...others, ours] });
  }

  /** Beside it run small ones, which end when it does. */
  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const configured = this.#configured.get(worker.options.taskQueue);
    if (!configured) return await super.runWorker(worker, next);
    this.#configured.delete(worker.options.taskQueue);
    const beside = await this.#createBeside(worker, configured);
    const running = beside.map((one) =>
      one.run().catch((error: unknown) => {
        // The application goes on without it.
        Runtime.instance().logger.error(`reprise: ${one.options.taskQueue} is not served`, { error });
      }),
    );
    try {
      await super.runWorker(worker, next);
    } finally {
      for (const one of beside) if (one.getState() === 'RUNNING') one.shutdown();
      await Promise.all(running);
    }
  }

  async #createBeside(worker: Worker, { options, served }: Configured): Promise<readonly Worker[]> {
    const root = rootOf(this.settings);
    const { identity, taskQueue, buildId } = worker.options;
    const name = announcedAs(identity, taskQueue);
    const describe = async () => ({
      ...(await served()).describe(),
      identity: name,
      buildId: buildId ?? 'unknown',
    });
    const [logs, announcing] = await Promise.all([
      createLogWorker(options, { root, hostId: await hostIdOf(root, this.settings.hostId) }),
      createAnnouncingWorkers(options, name, describe),
    ]);
    return [logs, ...announcing];
  }
}

function isOurs(taskQueue: string): boolean {
  return (
    taskQueue === ANNOUNCE_QUEUE ||
    [logQueue(''), describeQueue('')].some((prefix) => taskQueue.startsWith(prefix))
  );
}
