import type { PlannedStage } from '../types.js';

/** A stage all of whose upstream has ended. */
export interface Ready {
  readonly stage: PlannedStage;
  /** The first of those before it whose outs are not good. */
  readonly missing: string | undefined;
}

/** How far a run has come in its graph: which stages may begin, in the order in which they became so. */
export class Frontier {
  readonly #good = new Map<string, boolean>();
  /** By address: how many of those before it have not ended. */
  readonly #open = new Map<string, number>();
  readonly #dependents = new Map<string, PlannedStage[]>();
  #ready: Ready[] = [];

  constructor(stages: readonly PlannedStage[]) {
    const planned = new Set(stages.map(({ address }) => address));
    for (const stage of stages) {
      const upstream = new Set(stage.upstream.filter((before) => planned.has(before)));
      this.#open.set(stage.address, upstream.size);
      for (const before of upstream) {
        const known = this.#dependents.get(before);
        if (known) known.push(stage);
        else this.#dependents.set(before, [stage]);
      }
      if (upstream.size === 0) this.#ready.push({ stage, missing: undefined });
    }
  }

  /** Those that became ready since the last call. */
  takeReady(): readonly Ready[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  hasDependents(address: string): boolean {
    return this.#dependents.has(address);
  }

  /** @param isGood whether its outs are */
  ended(address: string, isGood: boolean): void {
    this.#good.set(address, isGood);
    for (const stage of this.#dependents.get(address) ?? []) {
      const open = (this.#open.get(stage.address) ?? 0) - 1;
      this.#open.set(stage.address, open);
      if (open > 0) continue;
      const missing = stage.upstream.find((before) => this.#good.get(before) === false);
      this.#ready.push({ stage, missing });
    }
  }
}
