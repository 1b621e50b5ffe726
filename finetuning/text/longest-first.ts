/**
 * How much of two texts is kept where both do not fit, as Hugging Face's tokenizers decide it (`longest_first`): the longer
 * one loses its end until both are of one length, and then both do.
 *
 * @param first, second lengths in tokens
 * @param room for both together
 */
export function longestFirst(first: number, second: number, room: number): readonly [number, number] {
  const [shorter, longer] = first <= second ? [first, second] : [second, first];
  let [ofShorter, ofLonger] = [shorter, shorter > room ? shorter : Math.max(shorter, room - shorter)];
  if (ofShorter + ofLonger > room) {
    ofShorter = Math.floor(room / 2);
    ofLonger = ofShorter + (room % 2);
  }
  const kept = [Math.min(shorter, ofShorter), Math.min(longer, ofLonger)] as const;
  return first <= second ? kept : [kept[1], kept[0]];
}
