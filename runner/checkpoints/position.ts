/** How far a training was when it saved a checkpoint, so that those of two hosts can be compared. */
export interface Position {
  /** As its progress says; never less than that of a checkpoint that was known when its attempt began. */
  readonly step: number;
  /** How many checkpoints came before it, in whichever attempt and on whichever host. */
  readonly sequence: number;
  /** Milliseconds since the epoch, by the clock of the host that wrote it: it decides only where nothing else does. */
  readonly modified: number;
}

/** Below 0: `a` is the further one. */
export function furthestFirst(a: Position, b: Position): number {
  return b.step - a.step || b.sequence - a.sequence || b.modified - a.modified;
}
