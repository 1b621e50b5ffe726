import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity } from '../../runner/index.js';

interface ServerRecord {
  readonly pid: number;
  readonly started: string;
  readonly port: number;
}

/** The embedded server of a project, as its `.reprise` says; undefined when it never had one, or it has ended. */
export function serverOf(root: string): ServerRecord | undefined {
  const file = join(root, '.reprise', 'temporal', 'server.json');
  if (!existsSync(file)) return undefined;
  const record = JSON.parse(readFileSync(file, 'utf8')) as ServerRecord;
  return isAlive(record) ? record : undefined;
}

/** The live process that looks after the project's run. */
export function ownerOf(root: string): ProcessIdentity | undefined {
  const file = join(root, '.reprise', 'owner.json');
  if (!existsSync(file)) return undefined;
  const owner = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  return isAlive(owner) ? owner : undefined;
}

/** Waits for `condition`. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false,
  seconds = 120,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** After the last command of a project has ended, so does its server. */
export async function serverEnds(root: string): Promise<void> {
  await until(`the server of ${root} ends`, () => serverOf(root) === undefined);
}
