/** Of more names than this, a message has the first, and how many there are beside. */
const MOST = 20;

/** For a message: a failure's text has its limits, and a person reads no thousand names. */
export function nameSome(names: readonly string[]): string {
  if (names.length <= MOST) return names.join(', ');
  return `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more`;
}
