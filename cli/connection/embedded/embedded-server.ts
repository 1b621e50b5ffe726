import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalProcess } from '../../../runner/project.js';
import { keepDatabase } from './database.js';
import { freePort } from './free-port.js';
import { withLock } from './lock-file.js';
import { ServerFiles, addressOf, uiAddressOf, type ServerRecord } from './server-files.js';
import { startServer } from './server-process.js';
import { Users } from './users.js';
import { waitForEnd } from './wait-for-end.js';
import { isServing } from '../health.js';

/** What the monitor of a server has to say. */
export interface ServerChange {
  readonly state: 'lost' | 'restarted' | 'gone';
  readonly message?: string;
}

export interface EmbeddedServerOptions {
  /** The project's `.reprise` folder. */
  readonly state: string;
  /** The Temporal CLI. */
  readonly executable: string;
  onChange?(change: ServerChange): void;
}

const WATCH_MS = 500;
const RESTARTS = 5;
/** How long a server that runs may leave a request unanswered before it is taken to be stuck. */
const ANSWER_MS = 15_000;

/**
 * The project's own Temporal dev server, shared by all commands that run in the project: the first one starts it, the last
 * one to leave stops it, and any of them restarts it when it was killed. Its database makes that harmless.
 */
export class EmbeddedServer {
  #record: ServerRecord;
  #released = false;
  readonly #timer: NodeJS.Timeout;
  #mending: Promise<void> | undefined;

  private constructor(
    readonly options: EmbeddedServerOptions,
    readonly files: ServerFiles,
    readonly users: Users,
    record: ServerRecord,
    /** Whether this process started it. */
    readonly started: boolean,
  ) {
    this.#record = record;
    this.#timer = setInterval(() => this.#watch(), WATCH_MS).unref();
  }

  /**
   * Finds the project's server, or starts it.
   *
   * @throws DiagnosticError `temporal-cli-missing`, `temporal-server-failed`
   */
  static async open(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
    const files = new ServerFiles(options.state);
    const users = new Users(files.users);
    return await withLock(files.lock, async () => {
      // First, so that a server which another process lets go of at this moment is not stopped under us.
      users.add();
      try {
        const found = await findServer(files);
        const record = found ?? (await startOnFreePorts(options.executable, files));
        return new EmbeddedServer(options, files, users, record, found === undefined);
      } catch (error) {
        users.remove();
        throw error;
      }
    });
  }

  get address(): string {
    return addressOf(this.#record);
  }

  get uiAddress(): string {
    return uiAddressOf(this.#record);
  }

  get pid(): number {
    return this.#record.pid;
  }

  /** Stops the server unless another process needs it. Does not wait for its end. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#timer);
    await this.#mending;
    await withLock(this.files.lock, async () => this.#leave());
  }

  /** The same for a process that has no time left, not even for the lock. */
  abandon(): void {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#timer);
    this.#leave();
  }

  #leave(): void {
    this.users.remove();
    const record = this.files.read();
    if (!record || record.stopping || this.users.others().length > 0 || !isAlive(record)) return;
    this.files.write({ ...record, stopping: true });
    signalProcess(record, 'SIGTERM');
  }

  #watch(): void {
    if (this.#released || this.#mending || isAlive(this.#record)) return;
    this.#mending = this.#restart().finally(() => (this.#mending = undefined));
  }

  /** On the same ports: the connections of every process that uses it mend themselves. */
  async #restart(): Promise<void> {
    this.options.onChange?.({ state: 'lost' });
    for (let attempt = 1; ; attempt++) {
      try {
        this.#record = await withLock(this.files.lock, async () => {
          const found = await findServer(this.files);
          return found ?? (await startServer(this.options.executable, this.files, portsOf(this.#record)));
        });
        this.options.onChange?.({ state: 'restarted' });
        return;
      } catch (error) {
        if (attempt < RESTARTS) continue;
        clearInterval(this.#timer);
        this.options.onChange?.({ state: 'gone', message: (error as Error).message });
        return;
      }
    }
  }
}

/** The server that `server.json` names, when it runs and answers. */
async function findServer(files: ServerFiles): Promise<ServerRecord | undefined> {
  const record = files.read();
  if (!record || !isAlive(record)) return undefined;
  if (!record.stopping && (await answers(record))) {
    keepDatabase(files);
    return record;
  }
  // Two servers on one database would ruin it: the old one has to be gone first.
  if (!record.stopping) signalProcess(record, 'SIGTERM');
  await waitForEnd(record);
  return undefined;
}

/** A busy host may keep a good server from answering at once. */
async function answers(record: ServerRecord): Promise<boolean> {
  const deadline = Date.now() + ANSWER_MS;
  while (isAlive(record) && Date.now() < deadline) {
    if (await isServing(addressOf(record))) return true;
    await sleep(100);
  }
  return false;
}

/** The ports of the time before, if they are free, so that addresses in a browser stay good. */
async function startOnFreePorts(executable: string, files: ServerFiles): Promise<ServerRecord> {
  const before = files.read();
  for (let attempt = 1; ; attempt++) {
    const wanted = attempt === 1 && before ? before : { port: 0, uiPort: 0 };
    const port = await freePort(wanted.port);
    let uiPort = await freePort(wanted.uiPort);
    if (uiPort === port) uiPort = await freePort();
    try {
      return await startServer(executable, files, { port, uiPort });
    } catch (error) {
      const { message, found = '' } = error as { message: string; found?: string };
      // Another program may have taken the port since it was found free; and what was killed can start.
      const isPassing = /in use|can't set frontend port|bind/.test(found) || /was ended by SIG/.test(message);
      if (attempt === 3 || !isPassing) throw error;
    }
  }
}

const portsOf = ({ port, uiPort }: ServerRecord) => ({ port, uiPort });
