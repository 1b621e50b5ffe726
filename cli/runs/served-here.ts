import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '../../runner/project.js';
import type { RemoteTarget } from '../connection/target.js';

/** A process of this host that serves a folder's runs for a server of others. */
interface Server extends ProcessIdentity, Place {
  /** The folder may be another host's, too, whose processes have numbers of their own. */
  readonly hostname: string;
}

type Place = Pick<RemoteTarget, 'address' | 'namespace'>;

/**
 * Notes that this process serves the folder: runs of that server work on the very files that lie there, so that a command on this
 * host may look at them in a run's stead. A full disk is no reason not to serve: without the note the server is asked.
 *
 * @param state the folder's `.reprise`
 * @returns what takes the note away
 */
export function noteServing(state: string, { address, namespace }: Place): () => void {
  const identity = identify(process.pid);
  const file = join(folderIn(state), `${hostname()}-${process.pid}.json`);
  const forget = (): void => {
    try {
      for (const path of [file, `${file}.new`]) rmSync(path, { force: true });
    } catch {
      // What stays is of a process that has ended, which is looked at.
    }
  };
  if (!identity) return forget;
  const own: Server = { ...identity, hostname: hostname(), address, namespace };
  try {
    for (const { file, server } of serversIn(state)) {
      if (server.hostname === hostname() && !isAlive(server)) rmSync(file, { force: true });
    }
    mkdirSync(folderIn(state), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(own));
    renameSync(`${file}.new`, file);
  } catch {
    forget();
  }
  return forget;
}

/** Whether a worker of that server runs on this host, and serves this very folder. */
export function isServedHere(state: string, { address, namespace }: Place): boolean {
  return serversIn(state).some(
    ({ server }) =>
      server.address === address &&
      server.namespace === namespace &&
      server.hostname === hostname() &&
      isAlive(server),
  );
}

const folderIn = (state: string): string => join(state, 'serving');

function serversIn(state: string): readonly { readonly file: string; readonly server: Server }[] {
  try {
    return readdirSync(folderIn(state))
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folderIn(state), name))
      .map((file) => ({ file, server: JSON.parse(readFileSync(file, 'utf8')) as Server }));
  } catch {
    // There is none, or one has just gone: then a run looks, as it may always do.
    return [];
  }
}
