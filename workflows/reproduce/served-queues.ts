import { short } from './activities.js';

/** So long an answer holds: the server itself remembers a poller for longer. */
const FRESH_MS = 5_000;

/** Which queues workers serve, asked once for the many stages that want to know it at the same time. */
export class ServedQueues {
  readonly #asked = new Map<string, { readonly at: number; readonly answer: Promise<readonly string[]> }>();

  /** @returns those of them that a worker polls at present */
  async among(queues: readonly string[]): Promise<readonly string[]> {
    if (queues.length === 0) return [];
    const key = queues.join('\n');
    const known = this.#asked.get(key);
    if (known && Date.now() - known.at < FRESH_MS) return await known.answer;
    const answer = short.servedQueues(queues);
    this.#asked.set(key, { at: Date.now(), answer });
    return await answer;
  }
}
