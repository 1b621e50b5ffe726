import { realpath } from 'node:fs/promises';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/index.js';
import { openState } from '../../runner/index.js';
import { describeGpu, watchPreemption, type NoticeSource, type Workers } from '../../workers/index.js';
import { openSession, resolveTarget, type ConnectionFlags, type Session } from '../connection/index.js';
import { listenForInterrupts } from '../interrupts.js';
import { pause } from './pause.js';
import { noteServing } from './served-here.js';
import { Serving, type ServingOptions } from './serving.js';

export interface ServeOptions {
  readonly folder: string;
  readonly workers: ServingOptions['workers'] & object;
  readonly connection: ConnectionFlags;
  readonly json: boolean;
  /** What says that a cloud takes this host back. */
  readonly preemption?: NoticeSource;
}

const LOOK_MS = 1_000;

/**
 * `reprise worker`: polls the project's queues until a signal. Then what runs is ended, with its grace time to save a
 * checkpoint, and is made again by the next worker.
 *
 * @throws DiagnosticError
 */
export async function serveProject(options: ServeOptions): Promise<void> {
  const folder = await existing(options.folder);
  const embedded = resolveTarget(options.connection).kind === 'embedded';
  const root = embedded ? (await openProject(folder)).root : folder;
  const session = await openSession({ flags: options.connection, root });
  const stop = new AbortController();
  const stopListening = listenForInterrupts({
    onCancel: () => stop.abort(),
    onLeave: () => stop.abort(),
    onAbandon: () => session.abandon(),
  });
  if (options.preemption) {
    void watchPreemption(options.preemption, stop.signal, () => {
      say(options.json, PREEMPTED);
      stop.abort();
    });
  }
  const serving = new Serving({
    session,
    root,
    workers: options.workers,
    ...(embedded ? { state: await openState(root) } : {}),
  });
  let forget = (): void => undefined;
  try {
    let told = false;
    while (!stop.signal.aborted) {
      const workers = await serving.ensure();
      if (workers) {
        const state = embedded ? undefined : await openState(root).catch(() => undefined);
        if (state !== undefined) forget = noteServing(state, session);
        announce(options.json, root, session, workers);
      } else if (!told && !serving.isServing) say(options.json, WAITING);
      told = true;
      await pause(LOOK_MS, stop.signal);
    }
    say(
      options.json,
      { event: 'worker', state: 'draining' },
      'draining: what runs is ended, and is made again elsewhere',
    );
  } finally {
    forget();
    await serving.drain();
    await session.close();
    stopListening();
  }
}

const WAITING = {
  event: 'notice',
  code: 'already-served',
  message: 'another process of this project runs its stages: this one takes its place when it ends',
};

const PREEMPTED = {
  event: 'notice',
  code: 'preempted',
  message: 'this host is being taken back: what runs saves a checkpoint, and goes on elsewhere',
};

async function existing(folder: string): Promise<string> {
  return await realpath(folder).catch((cause: unknown) => {
    throw new DiagnosticError('project-missing', {
      message: `there is no folder ${folder}`,
      fix: 'name the folder of the project with --project',
      cause,
    });
  });
}

function announce(
  json: boolean,
  root: string,
  session: Session,
  { queues, devices, problems, identity, describe }: Workers,
): void {
  const { hostId, buildId, deployment, slots } = describe();
  const { address, namespace, uiAddress } = session;
  const event = {
    event: 'worker',
    state: 'serving',
    project: root,
    address,
    namespace,
    ui: uiAddress,
    queues,
    devices,
    gpuProblems: problems,
    identity,
    hostId,
    buildId,
    ...(deployment === undefined ? {} : { deployment }),
    slots,
  };
  const gpus = devices.map((device) => `  GPU ${device.index}: ${describeGpu(device)}`);
  const left = problems.flatMap(({ message, fix }) => [`  ${message}`, `    fix: ${fix}`]);
  const build = `${buildId}${deployment === undefined ? '' : `, versioned in ${deployment}`}`;
  const counts = Object.entries(slots).map(([kind, { total }]) => `${total} ${kind.toUpperCase()}`);
  const lines = [
    `serving ${root} as ${identity}`,
    `  Temporal: ${address}, namespace ${namespace}${uiAddress === undefined ? '' : `, UI ${uiAddress}`}`,
    `  queues: ${queues.filter((queue) => !queue.includes('@')).join(', ')}; those of stages also with @${hostId}`,
    `  slots: ${counts.join(', ')}; build ${build}`,
    ...(gpus.length > 0 ? gpus : ['  no GPU found']),
    ...left,
  ];
  say(json, event, lines.join('\n'));
}

function say(json: boolean, event: Readonly<Record<string, unknown>>, text = event['message']): void {
  const line = json ? JSON.stringify({ time: new Date().toISOString(), ...event }) : String(text);
  process.stdout.write(`${line}\n`);
}
