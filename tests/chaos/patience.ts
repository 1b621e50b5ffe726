import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';

/** How long what runs when the mischief is over may take to its end. */
const CALM_MS = 5 * 60_000;

/** What the test itself asks of git and of Temporal, which may be away: until it is answered, or the calm has lasted too long. */
export class Patience {
  #deadline = Infinity;

  constructor(readonly temporal: { readonly address: string }) {}

  /** The mischief is over. */
  calm(): void {
    this.#deadline = Date.now() + CALM_MS;
  }

  isOver(): boolean {
    return Date.now() > this.#deadline;
  }

  async insist<T>(ask: () => T): Promise<T> {
    for (;;) {
      try {
        return ask();
      } catch (error) {
        if (this.isOver()) throw error;
        await sleep(500);
      }
    }
  }

  /** Only what the server says of the run itself counts. */
  async persist<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    for (;;) {
      let connection: Connection | undefined;
      try {
        connection = await Connection.connect({ address: this.temporal.address, connectTimeout: 2000 });
        return await ask(new Client({ connection }));
      } catch (error) {
        if (error instanceof WorkflowFailedError) throw new Error(`the run failed: ${chain(error)}`);
        if (this.isOver()) throw new Error(`no end within ${CALM_MS / 60_000} minutes of calm`);
        await sleep(500);
      } finally {
        await connection?.close().catch(() => undefined);
      }
    }
  }
}

function chain(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${chain(error.cause)}` : error.message;
}
