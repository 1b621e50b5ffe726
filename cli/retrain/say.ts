/** One JSON object per event, or lines for people. */
export function say(json: boolean, event: Readonly<Record<string, unknown>>, lines: readonly string[]): void {
  if (json) process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
  else for (const line of lines) process.stdout.write(`${line}\n`);
}
