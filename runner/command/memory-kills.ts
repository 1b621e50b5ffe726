import { readFileSync } from 'node:fs';

const LOOK_MS = 5_000;

/**
 * Whether the system has just killed for want of memory: it counts that for the whole host, so that only what is about as old as the end
 * of a command says something of it.
 */
export class MemoryKills {
  #recent = count();
  /** Of five to ten seconds ago. */
  #older = this.#recent;
  readonly #timer = setInterval(() => {
    this.#older = this.#recent;
    this.#recent = count();
  }, LOOK_MS).unref();

  get haveRisen(): boolean {
    return count() !== this.#older;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Since the system started; undefined where it does not count that (Linux does). */
function count(): number | undefined {
  try {
    const [, kills] = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8')) ?? [];
    return kills === undefined ? undefined : Number(kills);
  } catch {
    return undefined;
  }
}
