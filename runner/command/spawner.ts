import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identify, identityIn, type ProcessIdentity } from './process-identity.js';
import type { FromSpawner, ToSpawner } from './spawner-messages.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What becomes of a command: it fails to start, or it starts, says something, exits, and is closed. */
export interface CommandEvents {
  onError(message: string): void;
  /** @param leader undefined when it has ended by now */
  onStart(pid: number, leader: ProcessIdentity | undefined): void;
  onOutput(text: string): void;
  onExit(code: number | null, signal: NodeJS.Signals | null): void;
  /** All that it printed has been told. */
  onClose(): void;
}

interface Running extends CommandEvents {
  hasStarted: boolean;
  hasExited: boolean;
}

/**
 * A small process that starts commands for this one, each in a session of its own. To start a process, the system copies the page
 * tables of the one that does, and then each page that this one writes to: 2 ms of CPU from a process of 50 MB, 25 ms from one of
 * 700 MB, which a worker becomes.
 */
class Spawner {
  readonly #process: ChildProcess;
  readonly #commands = new Map<number, Running>();
  #last = 0;

  constructor() {
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#process = fork(fileURLToPath(new URL('./spawner-process.mjs', import.meta.url)), [], {
      env,
      // Neither a profiler's nor a debugger's options are meant for it.
      execArgv: [],
      // Out of reach of the terminal's signals.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#process.on('message', (message) => this.#told(message as FromSpawner));
    this.#process.once('error', () => this.#end());
    this.#process.once('disconnect', () => this.#end());
    this.#process.unref();
    this.#process.channel?.unref();
  }

  get isAlive(): boolean {
    return this.#process.connected;
  }

  /** @returns what to call when its output is no longer of interest */
  start(command: Command, events: CommandEvents): () => void {
    const id = ++this.#last;
    this.#commands.set(id, { ...events, hasStarted: false, hasExited: false });
    this.#process.channel?.ref();
    this.#send({ start: id, ...command });
    return () => {
      if (this.#forget(id)) this.#send({ release: id });
    };
  }

  #send(message: ToSpawner): void {
    // One that cannot be sent is followed by the end of the channel.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  #told(message: FromSpawner): void {
    const { id } = message;
    const command = this.#commands.get(id);
    if (!command) return;
    if ('text' in message) command.onOutput(message.text);
    else if ('pid' in message) {
      const { pid, stat } = message;
      command.hasStarted = true;
      command.onStart(pid, stat === undefined ? identify(pid) : identityIn(pid, stat));
      this.#send({ noted: id });
    } else if ('code' in message) {
      command.hasExited = true;
      command.onExit(message.code, message.signal);
    } else if ('error' in message) {
      this.#forget(id);
      command.onError(message.error);
    } else {
      this.#forget(id);
      command.onClose();
    }
  }

  #forget(id: number): boolean {
    const isKnown = this.#commands.delete(id);
    if (this.#commands.size === 0) this.#process.channel?.unref();
    return isKnown;
  }

  /** Somebody killed it. What it had started cannot be watched any longer: to its stage it is as if it had been killed, too. */
  #end(): void {
    const left = [...this.#commands.values()];
    this.#commands.clear();
    for (const command of left) {
      if (!command.hasStarted) command.onError('the process that starts commands was ended');
      else {
        if (!command.hasExited) command.onExit(null, 'SIGKILL');
        command.onClose();
      }
    }
  }
}

let current: Spawner | undefined;

/** Makes ready for {@link startCommand}: this process is as small as it will be. */
export function startSpawner(): void {
  if (!current?.isAlive) current = new Spawner();
}

/** @returns what to call when its output is no longer of interest */
export function startCommand(command: Command, events: CommandEvents): () => void {
  startSpawner();
  return (current as Spawner).start(command, events);
}
