import { short } from './activities.js';

/** So long an answer holds: the server itself remembers a poller for longer. */
const FRESH_MS = 5_000;

/** Which queues workers serve, asked once for the many stages that want to know it at the same time. */
export class ServedQueues {
  readonly #asked = new Map<string, { readonly at: number; readonly answer: Promise<readonly string[]> }>();

  /**
   * @param fresh milliseconds: how old an answer may be
   * @returns those of them that a worker serves at present
   */
  async among(queues: readonly string[], fresh = FRESH_MS): Promise<readonly string[]> {
    if (queues.length === 0) return [];
    const key = queues.join('\n');
    const known = this.#asked.get(key);
    if (known && Date.now() - known.at < fresh) return await known.answer;
    const answer = short.servedQueues(queues);
    this.#asked.set(key, { at: Date.now(), answer });
    return await answer;
  }
}
