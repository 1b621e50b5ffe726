import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WORKFLOW_QUEUE, type ReproduceResult } from '../../workflows/index.js';
import { startGit, type GitServer } from '../rig/git-server.js';
import { makeProject } from '../rig/project.js';
import { startS3, type S3Server } from '../rig/s3.js';
import { Buckets, type BucketLeftovers } from './buckets.js';
import { CommandLine } from './command-line.js';
import { FaultyS3 } from './faulty-s3.js';
import { Host, canMount } from './host.js';
import { Mischief } from './mischief.js';
import { describeProcesses } from './marked-processes.js';
import { missingObjects } from './objects.js';
import { longWaits } from './long-waits.js';
import { Patience } from './patience.js';
import { chaosProject } from './pipeline.js';
import { Dice } from './random.js';
import { TemporalServer } from './temporal-server.js';
import type { ChaosOptions, ChaosReport } from './report.js';
import { readLock, saysTheSame, undisturbedLock } from './undisturbed.js';

/** What took a run longer than this, in one activity, is logged. */
const LONG_WAIT_S = 120;

/** Pipelines run one after another in so many places at a time while everything around them breaks; then all is looked at. */
export class Chaos {
  readonly #dice: Dice;
  readonly #wrong: string[] = [];
  readonly #seconds: number[] = [];
  #continued = 0;
  readonly #trace = join(mkdtempSync(join(tmpdir(), 'reprise-trace-')), 'trace');
  readonly #buckets: Buckets;
  /** At which somebody works, and those that have done their work. */
  readonly #terminals = new Set<CommandLine>();
  readonly #done = new Set<CommandLine>();
  readonly #commands = { given: 0, done: 0, complaints: [] as string[] };
  readonly #patience: Patience;

  private constructor(
    readonly options: ChaosOptions,
    readonly temporal: TemporalServer,
    readonly s3: S3Server,
    readonly network: FaultyS3,
    readonly git: GitServer,
  ) {
    this.#dice = new Dice(options.seed);
    this.#patience = new Patience(temporal);
    this.#buckets = new Buckets(s3, 5, (what) => this.#wrong.push(what));
  }

  static async run(options: ChaosOptions): Promise<ChaosReport> {
    const [temporal, s3, git] = await Promise.all([TemporalServer.start(), startS3(), startGit()]);
    const network = await FaultyS3.start(s3.endpoint, new Dice(options.seed + 1));
    const chaos = new Chaos(options, temporal, s3, network, git);
    try {
      return await chaos.#run();
    } finally {
      network.stop();
      git.stop();
      await s3.stop();
      await temporal.stop();
    }
  }

  async #run(): Promise<ChaosReport> {
    const { options } = this;
    const started = Date.now();
    const end = started + options.minutes * 60_000;
    const hosts = this.#hosts();
    for (const host of hosts) host.start();
    const mischief = new Mischief(this.#dice, {
      hosts,
      temporal: this.temporal,
      s3: this.s3,
      git: this.git,
      network: this.network,
      terminals: this.#terminals,
      log: (line) => options.log(`${((Date.now() - started) / 1000).toFixed(0)} s: ${line}`),
    });
    let left: BucketLeftovers = { turns: 0, checkpoints: 0 };
    try {
      const places = Array.from({ length: options.onHosts + options.atTerminals }, (_, place) =>
        this.#keepRunning(place, end),
      );
      const watch = this.#buckets.watch(end);
      await mischief.until(end);
      this.#patience.calm();
      options.log('calm');
      await Promise.all(places);
      await watch;
      await Promise.all(hosts.map((host) => host.preempt()));
      left = await this.#buckets.settle();
      await this.#lookForProcesses(hosts);
    } finally {
      for (const host of hosts) await host.lose();
      for (const terminal of this.#terminals)
        for (const pid of terminal.processes()) process.kill(pid, 'SIGKILL');
    }
    const sorted = this.#seconds.sort((a, b) => a - b);
    return {
      seconds: (Date.now() - started) / 1000,
      runs: sorted.length,
      continued: this.#continued,
      mischief: mischief.counts,
      s3: { requests: this.network.requests, ...this.network.faults },
      training: this.#training(),
      commands: this.#commands,
      workers: hosts.flatMap(({ complaints }) => complaints),
      runSeconds: { median: sorted[Math.floor(sorted.length / 2)] ?? 0, longest: sorted.at(-1) ?? 0 },
      left,
      wrong: this.#wrong,
    };
  }

  #hosts(): Host[] {
    const env = {
      ...this.s3.env,
      TEMPORAL_ADDRESS: this.temporal.address,
      CHAOS_TRACE: this.#trace,
      CHAOS_STEP: '0.3',
    };
    const host = (id: string, labels: readonly string[], disk?: string): Host =>
      new Host({
        id,
        args: ['--git', this.git.url, '--slots', 'cpu=8', ...labels],
        env,
        ...(disk !== undefined && canMount ? { disk } : {}),
      });
    const npu = ['--labels', 'npu'];
    return [
      host('plain', []),
      host('npu', npu),
      host('npu-small', npu, '300m'),
      host('plain-small', [], '300m'),
    ];
  }

  async #keepRunning(place: number, end: number): Promise<void> {
    const { onHosts, steps } = this.options;
    for (let round = 0; Date.now() < end; round++) {
      const isOnHosts = place < onHosts;
      // Two runs want the same at the same time, in the same bucket: each stage is to be made once.
      const pair = Math.max(1, Math.floor(onHosts / 2));
      const seed = round * 100 + (isOnHosts ? place % pair : place);
      const bucket = this.#buckets.of(seed);
      const expected = undisturbedLock(seed, steps);
      const started = Date.now();
      try {
        const lock = await (isOnHosts ? this.#onHosts(seed, bucket) : this.#atTerminal(seed, bucket));
        this.#seconds.push((Date.now() - started) / 1000);
        this.options.log(`place ${place} has done seed ${seed} in ${this.#seconds.at(-1)} s`);
        if (!saysTheSame(lock, await expected))
          this.#wrong.push(`seed ${seed} (${place}): dvc.lock differs: ${JSON.stringify(lock)}`);
        const missing = missingObjects(this.#buckets.remote(bucket), lock);
        if (missing.length > 0) this.#wrong.push(`seed ${seed}: the remote lacks ${missing.join(', ')}`);
      } catch (error) {
        this.#wrong.push(
          `seed ${seed} (${place}): ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
        );
        return;
      }
    }
  }

  async #onHosts(seed: number, bucket: string): Promise<unknown> {
    const { url } = await this.#patience.insist(() =>
      this.git.makeRepository(randomUUID(), this.#files(seed, bucket)),
    );
    const workflowId = `chaos-${seed}-${randomUUID().slice(0, 8)}`;
    const options = {
      taskQueue: WORKFLOW_QUEUE,
      workflowId,
      args: [{ workspace: { kind: 'git', url }, heartbeat: 10 }],
    };
    await this.#patience.persist((client) =>
      client.workflow.start('reproduce', options).catch((error: unknown) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }),
    );
    const result = await this.#resultOf(workflowId);
    for (const line of await this.#patience.persist((client) =>
      longWaits(client.workflow.getHandle(workflowId), LONG_WAIT_S),
    ))
      this.options.log(`${workflowId}: ${line}`);
    if (!result.published) throw new Error(`${workflowId} published nothing: ${JSON.stringify(result)}`);
    if (result.published.conflict) throw new Error(`${workflowId} met a conflict`);
    const { branch } = result.published;
    const clone = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-clone-')));
    try {
      await this.#patience.insist(() =>
        execFileSync('git', ['clone', '--quiet', '--branch', branch, url, clone], { stdio: 'pipe' }),
      );
      return readLock(clone);
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  }

  async #resultOf(workflowId: string): Promise<ReproduceResult> {
    for (;;) {
      const { status, runId, raw } = await this.#patience.persist((client) =>
        client.workflow.getHandle(workflowId).describe(),
      );
      if (status.name !== 'RUNNING') {
        if (raw.workflowExecutionInfo?.firstRunId !== runId) this.#continued++;
        break;
      }
      if (this.#patience.isOver()) {
        const pending = (raw.pendingActivities ?? []).map(({ attempt, state, lastFailure, activityId }) => ({
          activityId,
          state,
          attempt,
          failure: lastFailure?.message,
        }));
        throw new Error(`${workflowId} does not end; pending: ${JSON.stringify(pending)}`);
      }
      await sleep(1000);
    }
    return await this.#patience.persist(
      async (client) => (await client.workflow.getHandle(workflowId).result()) as ReproduceResult,
    );
  }

  async #atTerminal(seed: number, bucket: string): Promise<unknown> {
    const root = makeProject(this.#files(seed, bucket));
    const terminal = new CommandLine(randomUUID(), root, {
      ...this.s3.env,
      CHAOS_TRACE: this.#trace,
      CHAOS_STEP: '0.3',
    });
    this.#terminals.add(terminal);
    try {
      const isLate = (): boolean => this.#patience.isOver();
      await terminal.untilDone(['repro', '--cpu-fallback', '--json'], 50, isLate);
      await terminal.untilDone(['push', '--json'], 50, isLate);
      this.#commands.done += 2;
      const leftovers = join(root, '.reprise', 'running');
      const running = existsSync(leftovers)
        ? readdirSync(leftovers, { recursive: true, encoding: 'utf8' }).filter((name) =>
            name.endsWith('process.json'),
          )
        : [];
      if (running.length > 0) this.#wrong.push(`${root} has ${running.join(', ')} left`);
      return readLock(root);
    } finally {
      this.#commands.given += terminal.given;
      this.#commands.complaints.push(...terminal.complaints);
      this.#terminals.delete(terminal);
      this.#done.add(terminal);
    }
  }

  #files(seed: number, bucket: string): Readonly<Record<string, string>> {
    return {
      ...chaosProject(seed, this.options.steps),
      '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${bucket}/dvc\n    endpointurl = ${this.network.endpoint}\n`,
    };
  }

  async #lookForProcesses(hosts: readonly Host[]): Promise<void> {
    // A server of a project's own ends a little after its last command.
    await sleep(15_000);
    for (const place of [...hosts, ...this.#done])
      if (place.processes().length > 0)
        this.#wrong.push(`${place.id} still runs ${describeProcesses(place.processes())}`);
  }

  #training(): ChaosReport['training'] {
    const lines = existsSync(this.#trace) ? readFileSync(this.#trace, 'utf8').trim().split('\n') : [];
    const steps = lines.filter((line) => line.includes(' step '));
    return {
      starts: lines.filter((line) => line.includes(' start ')).length,
      steps: steps.length,
      repeated: steps.length - new Set(steps).size,
    };
  }
}
