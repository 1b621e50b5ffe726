import type { ActivitySlotInfo, CustomSlotSupplier } from '@temporalio/worker';
import type { StageSlots } from '../../activities/index.js';

/**
 * A poll that has just begun may be answered at once, when there is a backlog: it counts as a slot. One that has been open for
 * longer found its queue empty: it lets the other queues ask as well. Otherwise an idle queue would keep a slot from the
 * others for as long as a long poll lasts, a minute.
 */
const FRESH_MS = 250;
const LOOK_MS = 500;

/** Given to the SDK before it polls. */
interface Permit {
  state: 'fresh' | 'idle' | 'used';
}

/**
 * Slots that all queues of one kind on this host share: a queue is only polled while the host has room for a stage. Polls cannot
 * be called back, so two idle queues may both deliver when one slot is left: {@link tryHold} then refuses the second stage,
 * which goes back to its queue.
 */
export class SharedSlots implements StageSlots {
  readonly #permits = new Set<Permit>();
  readonly #asking: ((permit: Permit) => void)[] = [];
  readonly #stages: string[] = [];
  #later: NodeJS.Timeout | undefined;

  /**
   * @param total how many stages run at once
   * @param allows whether the host has room for one more beside the `taken` slots, at this moment
   */
  constructor(
    readonly total: number,
    readonly allows: (taken: number) => boolean = () => true,
  ) {}

  /** Addresses of the stages that run. */
  get stages(): readonly string[] {
    return this.#stages;
  }

  /** Runs a stage, unless all slots are taken: then it returns undefined. */
  tryHold<T>(address: string, run: () => Promise<T>): Promise<T> | undefined {
    // What the host has room for decides whether to ask for a stage; one that came is only refused for want of a slot.
    if (this.#stages.length >= this.total) return undefined;
    return this.#hold(address, run);
  }

  /** For the `tuner` of a Worker. All Workers may share one. */
  supplier(): CustomSlotSupplier<ActivitySlotInfo> {
    return {
      type: 'custom',
      reserveSlot: (_, signal) => this.#reserve(signal),
      // Eager activities would pass by the queue's order.
      tryReserveSlot: () => null,
      markSlotUsed: ({ permit }) => {
        (permit as Permit).state = 'used';
      },
      releaseSlot: ({ permit }) => {
        this.#release(permit as Permit);
      },
    };
  }

  #release(permit: Permit): void {
    if (this.#permits.delete(permit)) this.#serve();
  }

  /** Lets queues be polled, in the order in which they asked. */
  #serve(): void {
    clearTimeout(this.#later);
    while (this.#asking.length > 0 && this.#mayTakeOneMore()) {
      const permit: Permit = { state: 'fresh' };
      this.#permits.add(permit);
      setTimeout(() => {
        if (permit.state !== 'fresh') return;
        permit.state = 'idle';
        this.#serve();
      }, FRESH_MS).unref();
      this.#asking.shift()?.(permit);
    }
    // Nobody tells when the host's load falls.
    if (this.#asking.length > 0) this.#later = setTimeout(() => this.#serve(), LOOK_MS).unref();
  }

  #mayTakeOneMore(): boolean {
    const taken = [...this.#permits].filter(({ state }) => state !== 'idle').length;
    return taken < this.total && this.allows(taken);
  }

  async #hold<T>(address: string, run: () => Promise<T>): Promise<T> {
    this.#stages.push(address);
    try {
      return await run();
    } finally {
      this.#stages.splice(this.#stages.indexOf(address), 1);
    }
  }

  #reserve(signal: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      let granted: Permit | undefined;
      const grant = (permit: Permit) => resolve((granted = permit));
      signal.addEventListener(
        'abort',
        () => {
          // Granted, and no longer wanted before it arrived: nobody else will release it.
          if (granted) return this.#release(granted);
          const at = this.#asking.indexOf(grant);
          if (at >= 0) this.#asking.splice(at, 1);
          reject(signal.reason as Error);
        },
        { once: true },
      );
      this.#asking.push(grant);
      this.#serve();
    });
  }
}
