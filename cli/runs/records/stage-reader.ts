import { readLogPart, type LogSource } from './log-source.js';

/** What is known of a stage at this moment. */
export interface ReadableStage {
  readonly address: string;
  /** Ids of the hosts that ran it, in turn. */
  readonly hosts: readonly string[];
  /** It will print no more. */
  readonly ended: boolean;
}

/** Reads a stage's log through all hosts that ran it, each part once. */
export class StageReader {
  /** By host: one that ran it twice has both in one file. */
  readonly #offsets = new Map<string | undefined, number>();
  /** Of the hosts, which is read. */
  #at = 0;

  constructor(
    readonly source: LogSource,
    readonly print: (address: string, text: string) => void,
  ) {}

  /**
   * Reads what is there.
   *
   * @param wait seconds to wait for something new at the newest host
   * @returns whether there was anything
   */
  async read({ address, hosts }: ReadableStage, wait: number): Promise<boolean> {
    let found = false;
    for (; ; this.#at++) {
      const host = hosts[this.#at];
      const isLast = this.#at >= hosts.length - 1;
      for (;;) {
        const offset = this.#offsets.get(host) ?? 0;
        const part = await readLogPart(this.source, {
          stage: address,
          host,
          offset,
          wait: isLast && !found ? wait : 0,
        });
        this.#offsets.set(host, part.next);
        if (part.text !== '') this.print(address, part.text);
        found ||= part.text !== '';
        if (part.atEnd) break;
      }
      if (isLast) return found;
    }
  }
}
