/** What a tokenizer puts around two texts: [CLS] … [SEP] … [SEP] for BERT; and which text each token is counted to. */
export interface PairFrame {
  readonly before: Framing;
  readonly between: Framing;
  readonly after: Framing;
  /** Token types of the texts' own tokens. */
  readonly types: readonly [number, number];
}

export interface Framing {
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

/**
 * Reads the frame off a pair of the same text.
 *
 * @param bare ids of the text alone
 * @param whole of the pair
 * @returns `undefined` where the text's ids cannot be found twice
 */
export function readPairFrame(bare: readonly number[], whole: Framing): PairFrame | undefined {
  const find = (from: number): number =>
    whole.ids.findIndex((_, at) => at >= from && bare.every((id, offset) => whole.ids[at + offset] === id));
  const first = find(0);
  const second = first < 0 ? -1 : find(first + bare.length);
  if (second < 0) return undefined;
  const part = (from: number, to: number): Framing => ({
    ids: whole.ids.slice(from, to),
    types: whole.types.slice(from, to),
  });
  return {
    before: part(0, first),
    between: part(first + bare.length, second),
    after: part(second + bare.length, whole.ids.length),
    types: [whole.types[first] as number, whole.types[second] as number],
  };
}
