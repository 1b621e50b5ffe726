export interface LogPrinter {
  text(address: string, text: string): void;
  /** What was left without a line's end. */
  end(): void;
}

/** As the command printed it; with the stage's name before each line when there are several; or one JSON object a line. */
export function logPrinter({ json, named }: { json: boolean; named: boolean }): LogPrinter {
  const held = new Map<string, string>();
  const line = (address: string, text: string): void => {
    const shown = json
      ? JSON.stringify({ time: new Date().toISOString(), event: 'log', address, text })
      : `${address} | ${text}`;
    process.stdout.write(`${shown}\n`);
  };
  return {
    text(address, text) {
      if (!json && !named) {
        process.stdout.write(text);
        return;
      }
      const lines = ((held.get(address) ?? '') + text).split('\n');
      held.set(address, lines.pop() ?? '');
      for (const one of lines) line(address, one);
    },
    end() {
      for (const [address, rest] of held) if (rest !== '') line(address, rest);
    },
  };
}
