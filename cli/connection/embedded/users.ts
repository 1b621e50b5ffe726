import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '../../../runner/project.js';

/** The processes that need the server, one file each in a folder. Those that died count no more. */
export class Users {
  constructor(readonly folder: string) {}

  add(): void {
    writeFileSync(this.#file(process.pid), JSON.stringify(identify(process.pid)));
  }

  remove(): void {
    rmSync(this.#file(process.pid), { force: true });
  }

  /** Pids of the live users other than this process. Drops the files of dead ones. */
  others(): number[] {
    const live: number[] = [];
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      const user = read(file);
      if (user?.pid === process.pid) continue;
      if (user && isAlive(user)) live.push(user.pid);
      else rmSync(file, { force: true });
    }
    return live;
  }

  #file(pid: number): string {
    return join(this.folder, `${pid}.json`);
  }
}

function read(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
