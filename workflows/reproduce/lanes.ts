import type { PlannedStage } from '../types.js';

/** A workflow may have 2,000 activities under way; more workers than this have slots for nobody has. */
export const MOST_AT_ONCE = 1000;

/** Stages of one queue, in the order in which they became ready; or of all, in that of the plan. */
export interface Lane {
  readonly stages: PlannedStage[];
  next: number;
  begun: number;
}

/** The stages that are ready. Side by side, each queue has a lane; one at a time, there is one, which goes as `dvc repro` does. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** By address: the place in the plan. */
  readonly #places: ReadonlyMap<string, number> | undefined;

  constructor(
    stages: readonly PlannedStage[],
    readonly isInOrder: boolean,
  ) {
    if (isInOrder) this.#places = new Map(stages.map(({ address }, index) => [address, index]));
  }

  add(stage: PlannedStage): void {
    const name = this.isInOrder ? '' : stage.queue;
    const lane = this.#lanes.get(name) ?? { stages: [], next: 0, begun: 0 };
    this.#lanes.set(name, lane);
    if (this.#places) lane.stages.splice(firstAfter(this.#places, lane, stage.address), 0, stage);
    else lane.stages.push(stage);
  }

  *startable(): Iterable<{ readonly stage: PlannedStage; readonly lane: Lane }> {
    const limit = this.isInOrder ? 1 : MOST_AT_ONCE;
    for (const lane of this.#lanes.values()) {
      while (lane.begun < limit && lane.next < lane.stages.length) {
        const stage = lane.stages[lane.next++];
        if (stage) yield { stage, lane };
      }
    }
  }
}

/** Of those that have not begun, which stand in order: where the first is that comes later in the plan. */
function firstAfter(places: ReadonlyMap<string, number>, { stages, next }: Lane, address: string): number {
  const placeOf = (other = ''): number => places.get(other) ?? 0;
  let [low, high] = [next, stages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placeOf(stages[middle]?.address) > placeOf(address)) high = middle;
    else low = middle + 1;
  }
  return low;
}
