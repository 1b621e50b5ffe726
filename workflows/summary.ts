/** Bytes of JSON: the server takes 400 of a summary, with what says how it is written, and refuses what has more. */
const MOST_BYTES = 350;

/** For lists in Temporal's UI: as much of a text as fits. */
export function summaryOf(text: string): string {
  if (bytesOf(text) <= MOST_BYTES) return text;
  let cut = text.slice(0, MOST_BYTES);
  while (bytesOf(`${cut}…`) > MOST_BYTES) cut = cut.slice(0, -1);
  return `${cut}…`;
}

const bytesOf = (text: string): number => new TextEncoder().encode(JSON.stringify(text)).length;
