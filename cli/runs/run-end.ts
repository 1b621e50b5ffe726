import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';
import { WorkflowFailedError } from '../connection/temporal-client.js';
import { pause } from './pause.js';

export interface RunEndOptions {
  readonly client: Client;
  readonly workflowId: string;
  /** Of the chain's first run: an end is that of the last one. */
  readonly firstRunId: string;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

/**
 * Waits between two looks at a run, for no longer than the run lasts: one request stays with the server, which answers it when the
 * run has ended. One that has next to nothing to do would else be over long before it is looked at again.
 */
export class RunEnd {
  readonly #ended = new AbortController();
  readonly #closed = new AbortController();
  readonly #left: AbortSignal;
  #isAsking = false;
  #isTold = false;

  constructor(readonly options: RunEndOptions) {
    this.#left = AbortSignal.any([options.signal, this.#closed.signal]);
    // Each time that the server has the request asked anew, the client listens once more.
    setMaxListeners(0, this.#left);
  }

  /** Waits for `ms`; the first wait in which the run ends is over then. */
  async within(ms: number): Promise<void> {
    if (this.#isTold) return await pause(ms, this.#left);
    if (!this.#isAsking) void this.#ask();
    await pause(ms, AbortSignal.any([this.#left, this.#ended.signal]));
    this.#isTold = this.#ended.signal.aborted;
  }

  /** Takes the request back: it would hold the connection, and so the process. */
  close(): void {
    this.#closed.abort();
  }

  async #ask(): Promise<void> {
    const { client, workflowId, firstRunId } = this.options;
    this.#isAsking = true;
    try {
      await client.withAbortSignal(this.#left, () =>
        client.workflow.getHandle(workflowId, firstRunId).result(),
      );
      this.#ended.abort();
    } catch (error) {
      if (error instanceof WorkflowFailedError) this.#ended.abort();
      // Else the server is away: the next wait asks again.
    } finally {
      this.#isAsking = false;
    }
  }
}
