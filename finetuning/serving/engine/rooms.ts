/** Padded lengths of prompts, beside the longest. Few: each is a graph of its own. */
const WIDTHS = [32, 128, 256, 512, 768];
/** No padded length is further than this from the next. */
const WIDEST_GAP = 256;
/** What most requests need: a short text does not carry a long one's memory. */
const SMALL: Room = { slots: 256, widths: [32, 128] };

/** So many times the rows has each graph of texts that are gone on from, against the one before. */
export const GENERATION_LADDER = 4;

/** In the larger room, graphs of at most so many rows are prepared before they are needed: the caches of more are large. */
export const PREPARED_ROWS = 4;

/** Tokens, padding included, that a row has room for, and the padded lengths of prompts that begin there. */
export interface Room {
  readonly slots: number;
  readonly widths: readonly number[];
}

/** @param most tokens of a prompt and of what is generated, together */
export function roomsFor(most: number): Room[] {
  const widths = [...WIDTHS.filter((width) => width < most - 1), most - 1];
  const gap = Math.max(...widths.map((width, at) => width - (widths[at - 1] ?? 0)));
  // The padding is in front: it must not take from what may be generated.
  const whole = { slots: most + Math.max(gap, WIDEST_GAP), widths };
  return SMALL.slots < most ? [SMALL, whole] : [whole];
}

/**
 * Where a prompt begins: the first room that has enough.
 *
 * @param most tokens of a prompt and of what is generated, together; the prompt has fewer
 */
export function placeFor(
  rooms: readonly Room[],
  length: number,
  maxNewTokens: number,
  most: number,
): { readonly room: number; readonly width: number } {
  const needed = Math.min(maxNewTokens, most - length);
  for (const [room, { slots, widths }] of rooms.entries()) {
    const width = widths.find((candidate) => candidate >= length);
    if (width !== undefined && width + needed <= slots) return { room, width };
  }
  throw new RangeError(`no room holds a prompt of ${length} tokens`);
}
