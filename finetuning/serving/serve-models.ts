import { Fleet } from './fleet.js';
import { createServer } from './http/create-server.js';
import { ServerMetrics } from './http/metrics.js';
import type { EngineSizes, ModelSource, ServedModel, Turned } from './types.js';

export interface ServeOptions {
  readonly models: readonly ModelSource[];
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly sizes: EngineSizes;
  readonly maxQueue: number;
  readonly maxWaitMs: number;
  /** Bytes. */
  readonly maxBody: number;
  /** Seconds that a request may take. */
  readonly timeout: number;
  readonly keys: readonly string[];
  /** One of them must come with what an operator asks; none: there is nothing to ask. */
  readonly adminKeys: readonly string[];
  /** Turns to the model in production; absent: the models stay. */
  readonly onTurn?: () => Promise<Turned>;
  readonly version: string;
  readonly log: (line: string) => void;
}

export interface ServingServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly models: readonly ServedModel[];
  /**
   * Turns to other models without a dropped request.
   *
   * @throws DiagnosticError of bad model folders: what was served is served still
   */
  replace(models: readonly ModelSource[]): Promise<void>;
  /** Takes nothing new, ends what has begun, for so many seconds at most. */
  drain(seconds: number): Promise<void>;
}

/**
 * Opens the models and serves them.
 *
 * @throws DiagnosticError of bad model folders; the system's error where the port is taken
 */
export async function serveModels(options: ServeOptions): Promise<ServingServer> {
  const { sizes, maxQueue, maxWaitMs, log } = options;
  let draining = false;
  const fleet = new Fleet({
    ...{ sizes, maxQueue, maxWaitMs, log },
    onBatch: (model, size) => metrics.batches.observe({ model }, size),
    onRestart: () => metrics.restarts.inc(),
  });
  const metrics = new ServerMetrics(() => fleet.waiting);
  const app = createServer({
    ...options,
    fleet,
    metrics,
    isDraining: () => draining,
    onFault: (error) =>
      log(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  // Health is answered while the models are read.
  const url = await app.listen({ host: options.host, port: options.port });
  const replace = async (models: readonly ModelSource[]): Promise<void> => {
    await fleet.replace(models);
    metrics.showModels(fleet.models);
  };
  try {
    await replace(options.models);
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    url,
    get models() {
      return fleet.models;
    },
    async replace(models) {
      try {
        await replace(models);
        metrics.swaps.inc({ outcome: 'done' });
      } catch (error) {
        metrics.swaps.inc({ outcome: 'failed' });
        throw error;
      }
    },
    async drain(seconds) {
      draining = true;
      const ended = Promise.all([app.close(), fleet.close()]);
      // A connection that is kept for more questions becomes idle when its answer has gone.
      const idle = setInterval(() => app.server.closeIdleConnections(), 100);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, seconds * 1000)));
      await Promise.race([ended, late]);
      clearTimeout(timer);
      clearInterval(idle);
    },
  };
}
