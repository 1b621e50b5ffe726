import { once } from 'node:events';
import { findProjectRoot } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { serveModels, type EngineSizes, type ModelSource } from '../../finetuning/serving/index.js';
import { listenForInterrupts } from '../interrupts.js';
import { keysIn } from './keys.js';
import { defaultSource, folderSource, parseModelFlag } from './model-sources.js';
import { productionTurner, type Turn } from './production-turner.js';
import { turnOnRequest } from './turn-on-request.js';
import { watchProduction } from './watch-production.js';

export interface ServeFlags {
  readonly model?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly sizes: EngineSizes;
  readonly maxQueue: number;
  readonly maxWaitMs: number;
  readonly maxBody: number;
  readonly timeout: number;
  readonly drain: number;
  readonly watch: boolean;
  readonly allowAnyone: boolean;
  readonly json: boolean;
  readonly version: string;
}

/** Only this machine can ask there. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

/**
 * Serves until a signal; what has been begun by then is ended.
 *
 * @throws DiagnosticError `open-to-all`, `port-taken`, `models-alike`, and those of model folders
 */
export async function serve(flags: ServeFlags): Promise<void> {
  const { host, json, watch, drain } = flags;
  const root = findProjectRoot(process.cwd());
  const keys = keysIn('REPRISE_API_KEYS');
  const adminKeys = keysIn('REPRISE_ADMIN_KEYS');
  if (keys.length === 0 && !LOOPBACK.test(host) && !flags.allowAnyone)
    throw new DiagnosticError('open-to-all', {
      message: `anybody who reaches ${host} could ask this model, since there are no keys`,
      fix: 'set REPRISE_API_KEYS to keys separated by commas, or say --allow-anyone',
    });
  const say = (event: string, fields: object, line: string): void => {
    const time = new Date().toISOString();
    process.stdout.write(json ? `${JSON.stringify({ time, event, ...fields })}\n` : `${line}\n`);
  };
  const log = (line: string): void => say('log', { message: line }, line);

  const stop = new AbortController();
  const stopListening = listenForInterrupts({
    onCancel: () => stop.abort(),
    onLeave: () => stop.abort(),
    onAbandon: () => undefined,
  });
  try {
    const { models, version } = await chosen(root, flags.model, log);
    for (const { name, version: of } of models) log(`opening ${name} (${of})`);
    // Named folders stay: only who serves the model in production turns to another.
    const follows = flags.model === undefined;
    // Requests are heard before the first model is open.
    const ready: { turn?: () => Promise<Turn> } = {};
    const onTurn = async () => {
      if (!ready.turn) throw notReady();
      return turnOnRequest(ready.turn);
    };
    const server = await serveModels({
      ...flags,
      ...{ models, keys, adminKeys, log },
      ...(follows ? { onTurn } : {}),
    }).catch((error: unknown) => {
      throw portError(error, flags) ?? error;
    });
    const turn = productionTurner({ root, server, current: version, log });
    ready.turn = turn;
    for (const { name, version: of, task } of server.models)
      say('model', { name, version: of, task }, `${name} (${of}): ${task}`);
    say('serving', { url: server.url, keys: keys.length }, `serving on ${server.url}`);
    const watching = watch && follows ? watchProduction({ turn, stop: stop.signal, log }) : undefined;
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    say('draining', {}, 'ending what has been begun');
    await watching;
    await server.drain(drain);
  } finally {
    stopListening();
  }
  // What is not ended by now is not waited for.
  process.exit(0);
}

async function chosen(
  root: string,
  flags: readonly string[] | undefined,
  log: (line: string) => void,
): Promise<{ models: ModelSource[]; version?: number }> {
  if (flags === undefined) {
    const { source, record } = await defaultSource(root, log);
    return { models: [source], ...(record ? { version: record.version } : {}) };
  }
  const named = flags.map(parseModelFlag);
  const twice = named.find(({ name }, at) => named.findIndex((one) => one.name === name) !== at);
  if (twice)
    throw new DiagnosticError('models-alike', {
      message: `two models are called ${twice.name}`,
      fix: 'name them: --model a=models/final/model_v1 --model b=models/final/model_v2',
    });
  const models: ModelSource[] = [];
  for (const one of named) models.push(await folderSource(root, one, 'local', log));
  return { models };
}

function notReady(): DiagnosticError {
  return new DiagnosticError('not-ready', {
    message: 'the model is being loaded',
    fix: 'try again in a moment',
    transient: true,
  });
}

function portError(error: unknown, { host, port }: ServeFlags): DiagnosticError | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return undefined;
  return new DiagnosticError('port-taken', {
    message: `${host}:${port} cannot be listened on (${code})`,
    fix: 'choose another with --port; 0 takes one that is free',
    cause: error,
  });
}
