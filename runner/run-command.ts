import { delimiter, dirname } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Stage } from '../dvc/index.js';
import { digestOf, readContents } from './checkpoints/contents.js';
import { CheckpointOrder, type PlacedCheckpoint } from './checkpoints/checkpoint-order.js';
import { openCheckpoints } from './checkpoints/local-checkpoints.js';
import type { CheckpointStore } from './checkpoints/checkpoint-store.js';
import type { CheckpointUploads } from './checkpoints/uploads.js';
import { MemoryKills } from './command/memory-kills.js';
import { ProgressFile, type ProgressLine } from './command/progress-file.js';
import { redactor } from './command/redact.js';
import { runLines, type CommandEnd } from './command/run-lines.js';
import { Tail } from './command/tail.js';
import { StageLog } from './logs/stage-log.js';
import { RunFolder } from './run-folder.js';

export interface CommandRun {
  /** Absolute root of the DVC project. */
  readonly root: string;
  /** Where what it prints is kept: in the `.reprise` of this folder, under the run's id. */
  readonly log: { readonly root: string; readonly run: string };
  readonly stage: Stage;
  /** Names the stage's checkpoints: equal inputs have an equal key. */
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** GPUs leased to the command; undefined leaves the environment as it is, [] hides them all. */
  readonly devices: readonly number[] | undefined;
  /** Executable that `reprise` in a command means; its folder goes first in PATH. */
  readonly executable: string | undefined;
  /** More variables for the command. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Where other hosts find its checkpoints, and what carries them there. */
  readonly checkpoints: CheckpointStore | undefined;
  readonly uploads?: CheckpointUploads | undefined;
  /** When it is stopped, as by `signal`: once it has reported this metric at such a part of its total steps. */
  readonly until?: StopRule | undefined;
  onUpdate(update: CommandUpdate): void;
  /** Called before the command starts, once nothing of an earlier attempt runs on this host. */
  onCleared?(): Promise<void>;
}

export interface StopRule {
  /** As its progress names it. */
  readonly metric: string;
  /** Of its total steps: between 0 and 1. */
  readonly part: number;
}

/** What is known of a running command; sent on every change. */
export interface CommandUpdate {
  readonly pid: number | undefined;
  readonly progress: ProgressLine;
  readonly checkpoint: { readonly name: string; readonly digest: string } | undefined;
  readonly tail: readonly string[];
}

/** A command that was stopped by its rule, with what it had reported. */
export class CommandStopped extends Error {
  constructor(readonly reached: { readonly step: number; readonly total: number; readonly value: number }) {
    super(`the command was stopped at step ${reached.step}`);
    this.name = 'CommandStopped';
  }
}

/** A command that did not end with 0. */
export class CommandFailed extends Error {
  constructor(
    readonly end: Exclude<CommandEnd, { reason: 'done' }>,
    readonly tail: readonly string[],
    readonly logFile: string,
    /** SIGKILL ended it, when the system killed for want of memory. */
    readonly isOutOfMemory = false,
  ) {
    super(`the command ended: ${end.reason}`);
    this.name = 'CommandFailed';
  }
}

const POLL_MS = 250;

/**
 * Runs one stage's command under the stage contract (`REPRISE_CHECKPOINTS`, `REPRISE_PROGRESS`, `REPRISE_ATTEMPT`), and says
 * what it does while it runs.
 *
 * @throws CommandFailed, CommandStopped
 */
export async function runCommand(run: CommandRun): Promise<void> {
  const folder = await RunFolder.open(run.root, run.stage.address);
  await folder.endLeftover(run.grace);
  folder.clear();
  await run.onCleared?.();
  writeFileSync(folder.progressFile, '');
  const checkpoints = await openCheckpoints(run.root, run.key);
  const order = await CheckpointOrder.open(checkpoints);
  await run.checkpoints?.restore(order, run.signal);
  const env = environment(run, folder, checkpoints);

  const tail = new Tail();
  const redact = redactor(env);
  const log = new StageLog(run.log.root, run.log.run, run.stage.address, redact);
  log.write(`--- ${run.stage.address}, attempt ${run.attempt}, ${new Date().toISOString()}\n`);

  const memoryKills = new MemoryKills();
  const watch = new Watch(run, folder, order, redact, () => tail.lines().map(redact));
  const timer = setInterval(() => void watch.look(), POLL_MS);
  try {
    const end = await runLines({
      cmd: run.stage.cmd ?? [],
      wdir: run.stage.wdir,
      env,
      grace: run.grace,
      signal: AbortSignal.any([run.signal, watch.stop]),
      onStart(leader) {
        folder.record(leader);
        watch.pid = leader.pid;
      },
      onOutput(text) {
        tail.push(text);
        log.write(text);
      },
    });
    await watch.look();
    if (end.reason !== 'done') {
      if (watch.reached && !run.signal.aborted) throw new CommandStopped(watch.reached);
      const isOutOfMemory = end.reason === 'killed' && end.signal === 'SIGKILL' && memoryKills.haveRisen;
      throw new CommandFailed(end, tail.lines().map(redact), log.file, isOutOfMemory);
    }
  } finally {
    clearInterval(timer);
    memoryKills.stop();
    await watch.close();
    await log.close();
    folder.leave();
  }
}

function environment(run: CommandRun, folder: RunFolder, checkpoints: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DVC_ROOT: process.env['DVC_ROOT'] ?? run.root,
    DVC_STAGE: run.stage.address,
    REPRISE_CHECKPOINTS: checkpoints,
    REPRISE_PROGRESS: folder.progressFile,
    REPRISE_ATTEMPT: String(run.attempt),
    ...run.env,
  };
  if (run.devices) {
    env['CUDA_VISIBLE_DEVICES'] = run.devices.join(',');
    // Devices are numbered as nvidia-smi does; CUDA alone would put the fastest first.
    env['CUDA_DEVICE_ORDER'] = 'PCI_BUS_ID';
  }
  if (run.executable) env['PATH'] = [dirname(run.executable), env['PATH']].filter(Boolean).join(delimiter);
  return env;
}

/** Looks at what a running command leaves for us, and reports each change once. */
class Watch {
  pid: number | undefined;
  readonly #progressFile: ProgressFile;
  #progress: ProgressLine = {};
  #furthest: PlacedCheckpoint | undefined;
  #checkpoint: CommandUpdate['checkpoint'];
  #sent = '';
  #looking: Promise<void> | undefined;
  readonly #stop = new AbortController();
  #reached: CommandStopped['reached'] | undefined;

  constructor(
    readonly run: CommandRun,
    folder: RunFolder,
    readonly order: CheckpointOrder,
    readonly mask: (text: string) => string,
    readonly tail: () => readonly string[],
  ) {
    this.#progressFile = new ProgressFile(folder.progressFile);
  }

  /** What it had reported when its rule said that it is to stop. */
  get reached(): CommandStopped['reached'] | undefined {
    return this.#reached;
  }

  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async close(): Promise<void> {
    await this.#looking;
    await this.#progressFile.close();
  }

  async #look(): Promise<void> {
    for (const line of await this.#progressFile.read()) {
      const said = line.message === undefined ? {} : { message: this.mask(line.message) };
      this.#progress = { ...this.#progress, ...line, ...said };
      this.#judge(line);
    }
    const furthest = await this.order.look(this.#progress.step);
    if (
      furthest &&
      (furthest.path !== this.#furthest?.path || furthest.modified !== this.#furthest.modified)
    ) {
      // The command may drop it while it is being read; the next one will do.
      const contents = await readContents(furthest).catch(() => undefined);
      if (contents) {
        this.#furthest = furthest;
        this.#checkpoint = { name: furthest.name, digest: digestOf(contents) };
        this.run.uploads?.offer(furthest.path, contents);
      }
    }
    const update: CommandUpdate = {
      pid: this.pid,
      progress: this.#progress,
      checkpoint: this.#checkpoint,
      tail: this.tail().slice(-5),
    };
    const text = JSON.stringify(update);
    if (text === this.#sent) return;
    this.#sent = text;
    this.run.onUpdate(update);
  }

  #judge({ step, total, metrics }: ProgressLine): void {
    const { until } = this.run;
    if (!until || this.#reached || step === undefined || total === undefined) return;
    const value = metrics?.[until.metric];
    // Parts are quotients of whole numbers: rounding must not cost an epoch.
    if (value === undefined || value === null || step < until.part * total - 1e-6) return;
    this.#reached = { step, total, value };
    this.#stop.abort();
  }
}
