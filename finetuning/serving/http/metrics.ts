import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128];

/** What the server counts, in Prometheus' names: base units, `_total` on counters. */
export class ServerMetrics {
  readonly registry = new Registry();
  readonly requests = this.#counter('reprise_requests_total', 'Requests that have been answered', [
    'route',
    'status',
  ]);
  readonly seconds = new Histogram({
    name: 'reprise_request_duration_seconds',
    help: 'From the request to the end of its answer',
    labelNames: ['route'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly batches = new Histogram({
    name: 'reprise_batch_size',
    help: 'Inputs that were computed together',
    labelNames: ['model'],
    buckets: SIZES,
    registers: [this.registry],
  });
  readonly tokens = this.#counter('reprise_tokens_total', 'Tokens of prompts, and of what was generated', [
    'model',
    'kind',
  ]);
  readonly swaps = this.#counter('reprise_model_swaps_total', 'Times that other models were turned to', [
    'outcome',
  ]);
  readonly restarts = this.#counter(
    'reprise_engine_restarts_total',
    "Times that the models' process was lost",
    [],
  );
  readonly #models = new Gauge({
    name: 'reprise_model_info',
    help: '1 for each model that is served',
    labelNames: ['model', 'version', 'task'],
    registers: [this.registry],
  });

  /** @param waiting asked when the figures are */
  constructor(waiting: () => number) {
    new Gauge({
      name: 'reprise_queue_inputs',
      help: 'Inputs that wait to be computed',
      registers: [this.registry],
      collect() {
        this.set(waiting());
      },
    });
  }

  showModels(
    models: readonly { readonly name: string; readonly version: string; readonly task: string }[],
  ): void {
    this.#models.reset();
    for (const { name, version, task } of models) this.#models.set({ model: name, version, task }, 1);
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
