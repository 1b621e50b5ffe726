import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { identify, isAlive, signalProcess } from '../../../runner/project.js';
import { SEARCH_ATTRIBUTES, SERVER_SETTINGS } from '../../../workflows/index.js';
import { hasSearchAttributes, isServing } from '../health.js';
import { beginDatabase, keepDatabase } from './database.js';
import type { ServerFiles, ServerRecord } from './server-files.js';
import { addressOf } from './server-files.js';
import { endStrays } from './strays.js';

const START_MS = 60_000;
/** They are for lists and filters: without them, a run goes on all the same. */
const ATTRIBUTES_MS = 10_000;

/**
 * Starts `temporal server start-dev` in a process group of its own, so that neither Ctrl-C nor the death of this process
 * ends it. Returns once it serves.
 *
 * @throws DiagnosticError `temporal-cli-missing`, `temporal-server-failed`
 */
export async function startServer(
  executable: string,
  files: ServerFiles,
  ports: { readonly port: number; readonly uiPort: number },
): Promise<ServerRecord> {
  await endStrays(files.database);
  beginDatabase(files);
  const log = openSync(files.log, 'w');
  let child: ChildProcess;
  try {
    child = spawn(executable, serverArguments(files, ports), {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: files.folder,
      env: environment(),
    });
  } finally {
    closeSync(log);
  }
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  child.on('exit', (_, signal) => {
    if (signal !== null) failure = new Error(`it was ended by ${signal}`);
  });
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (!identity) {
    await sleep(50);
    throw failed(files, failure, executable);
  }
  const record: ServerRecord = { ...identity, ...ports, stopping: false };
  files.write(record);
  const deadline = Date.now() + START_MS;
  while (!(await isServing(addressOf(record)))) {
    if (!isAlive(identity)) {
      // How it ended is known a moment later.
      await sleep(50);
      throw failed(files, failure, executable);
    }
    if (Date.now() > deadline) {
      signalProcess(identity, 'SIGKILL');
      throw failed(files, new Error(`it did not answer within ${START_MS / 1000} s`), executable);
    }
    await sleep(50);
  }
  keepDatabase(files);
  await untilAttributed(record);
  return record;
}

/** A server of ours gets its search attributes after it serves: a run that is planned before would have none. */
async function untilAttributed(record: ServerRecord): Promise<void> {
  const deadline = Date.now() + ATTRIBUTES_MS;
  const names = Object.keys(SEARCH_ATTRIBUTES);
  while (Date.now() < deadline && isAlive(record)) {
    if (await hasSearchAttributes(addressOf(record), names)) return;
    await sleep(50);
  }
}

function serverArguments(files: ServerFiles, ports: { port: number; uiPort: number }): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.port)],
    ...['--ui-port', String(ports.uiPort), '--db-filename', files.database],
    ...['--log-level', 'error', '--log-format', 'json'],
    ...Object.entries(SERVER_SETTINGS).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${value}`,
    ]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

/** It needs nothing of a client's settings, and least of all the keys in them. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

function failed(files: ServerFiles, cause: Error | undefined, executable: string): DiagnosticError {
  if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    return new DiagnosticError('temporal-cli-missing', {
      message: `the Temporal CLI ${executable} cannot be started`,
      fix: 'run `reprise setup`, or name the program in TEMPORAL_CLI_PATH',
      cause,
    });
  }
  const said = readFileSync(files.log, 'utf8').trim().split('\n').slice(-5).join('\n  ');
  const broken = /not a database|malformed|corrupt|no such table/.test(said);
  return new DiagnosticError('temporal-server-failed', {
    message: `the embedded Temporal server did not start${cause ? `: ${cause.message}` : ''}`,
    ...(said === '' ? {} : { found: said }),
    fix: broken
      ? `remove ${files.database}: it holds the history of runs only; outs, dvc.lock and checkpoints are elsewhere`
      : `see ${files.log}`,
    ...(cause ? { cause } : {}),
  });
}
