import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What `server.json` says of the server that was started last; whether it still runs is for the process table to say. A newer build may say more. */
const serverRecord = z.object({
  pid: z.number().int().positive(),
  /** When that process started, in the host's own notation: a later process may have the same number. */
  started: z.string(),
  port: z.number().int(),
  uiPort: z.number().int(),
  /** It was asked to stop, and may be at it still. */
  stopping: z.boolean(),
});

export type ServerRecord = z.output<typeof serverRecord>;

/** `.reprise/temporal/`: everything that the embedded server keeps. */
export class ServerFiles {
  readonly folder: string;

  /** @param state the project's `.reprise` folder */
  constructor(state: string) {
    this.folder = join(state, 'temporal');
    mkdirSync(this.users, { recursive: true });
  }

  get database(): string {
    return join(this.folder, 'temporal.db');
  }
  /** There while no server has served from the database yet. */
  get unserved(): string {
    return join(this.folder, 'temporal.db.unserved');
  }
  get log(): string {
    return join(this.folder, 'server.log');
  }
  get lock(): string {
    return join(this.folder, 'server.lock');
  }
  /** One file for each process that needs the server. */
  get users(): string {
    return join(this.folder, 'users');
  }

  /** Undefined when there is none, or a torn one. */
  read(): ServerRecord | undefined {
    try {
      return serverRecord.parse(JSON.parse(readFileSync(this.#record, 'utf8')));
    } catch {
      return undefined;
    }
  }

  write(record: ServerRecord): void {
    const beside = `${this.#record}.${process.pid}`;
    writeFileSync(beside, JSON.stringify(record));
    renameSync(beside, this.#record);
  }

  get #record(): string {
    return join(this.folder, 'server.json');
  }
}

export const addressOf = (record: ServerRecord): string => `127.0.0.1:${record.port}`;
export const uiAddressOf = (record: ServerRecord): string => `http://127.0.0.1:${record.uiPort}`;
