import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a watch saw last of a place: kept in `.reprise`, so that what comes while nobody watches is found at the next start. */
export class Seen {
  readonly #file: string;

  /** @param state the project's `.reprise` folder */
  constructor(state: string, place: string) {
    const name = createHash('sha256').update(place).digest('hex').slice(0, 16);
    this.#file = join(state, 'watch', name);
  }

  get(): string | undefined {
    try {
      return readFileSync(this.#file, 'utf8');
    } catch {
      return undefined;
    }
  }

  set(digest: string): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const beside = `${this.#file}.${process.pid}`;
    writeFileSync(beside, digest);
    renameSync(beside, this.#file);
  }
}
