import { setTimeout as sleep } from 'node:timers/promises';
import type { GitServer } from '../rig/git-server.js';
import type { S3Server } from '../rig/s3.js';
import type { CommandLine } from './command-line.js';
import { FAIR, WEATHERS, type FaultyS3 } from './faulty-s3.js';
import type { Host } from './host.js';
import type { Dice } from './random.js';
import type { TemporalServer } from './temporal-server.js';

export interface Victims {
  readonly hosts: readonly Host[];
  readonly temporal: TemporalServer;
  readonly s3: S3Server;
  readonly git: GitServer;
  readonly network: FaultyS3;
  /** Those at which a person works just now. */
  readonly terminals: ReadonlySet<CommandLine>;
  log(line: string): void;
}

const HOUR = 3_600_000;
const CLOCKS = [0, HOUR, -HOUR, 49 * HOUR, -49 * HOUR];

/** What is done, by share, and by what. It says what it did, or undefined when there was nothing to do it to. */
type Deed = (mischief: Mischief) => Promise<string | undefined> | string | undefined;

const DEEDS: readonly (readonly [share: number, name: string, deed: Deed])[] = [
  [26, 'command of a stage killed', (mischief) => mischief.killChild()],
  [7, 'worker killed', (mischief) => mischief.endHost('kill')],
  [4, 'host lost', (mischief) => mischief.endHost('lose')],
  [4, 'host preempted', (mischief) => mischief.endHost('preempt')],
  [12, 'command line killed', (mischief) => mischief.killCommandLine()],
  [8, 'process of a command line killed', (mischief) => mischief.killAtTerminal()],
  [5, 'Temporal killed', (mischief) => mischief.killTemporal()],
  [5, 'S3 killed', (mischief) => mischief.killS3()],
  [4, 'git killed', (mischief) => mischief.killGit()],
  [8, 'weather at S3 changed', (mischief) => mischief.changeWeather()],
  [4, 'clock set', (mischief) => mischief.setClock()],
  [4, 'disk filled', (mischief) => mischief.fillDisk()],
];

/** Breaks things, about one a second, and mends them a little later. */
export class Mischief {
  readonly counts: Record<string, number> = {};
  readonly #mending = new Set<Promise<unknown>>();
  readonly #down = new Set<string>();

  constructor(
    readonly dice: Dice,
    readonly victims: Victims,
  ) {}

  /** Ends with everything mended. */
  async until(end: number): Promise<void> {
    await sleep(3000);
    while (Date.now() < end) {
      await sleep(this.dice.between(200, 1600));
      const [, name, deed] = this.#choose();
      const done = await deed(this);
      if (done === undefined) continue;
      this.counts[name] = (this.counts[name] ?? 0) + 1;
      this.victims.log(`${name}: ${done}`);
    }
    // What is mended may wait for S3, and so do those at a terminal, who try a number of times only.
    this.victims.network.weather = FAIR;
    await Promise.all(this.#mending);
    for (const host of this.victims.hosts) host.setClock(0);
  }

  killChild(): string | undefined {
    const host = this.dice.pick(this.victims.hosts);
    return host?.killChild((items) => this.dice.pick(items)) === true ? host.id : undefined;
  }

  async endHost(how: 'kill' | 'lose' | 'preempt'): Promise<string | undefined> {
    const host = this.dice.pick(this.victims.hosts.filter(({ isUp, busy }) => isUp && !busy));
    if (!host) return undefined;
    host.busy = true;
    // The disk of some goes with the worker: what stays behind would have nowhere to write.
    const end = how === 'kill' && host.options.disk !== undefined ? 'lose' : how;
    this.#later(async () => {
      await host[end]();
      await sleep(this.dice.between(200, 4000));
      host.start();
      host.busy = false;
    });
    return host.id;
  }

  killCommandLine(): string | undefined {
    const terminal = this.dice.pick([...this.victims.terminals]);
    return terminal?.killCommand() === true ? terminal.root : undefined;
  }

  killAtTerminal(): string | undefined {
    const terminal = this.dice.pick([...this.victims.terminals]);
    return terminal?.kill((items) => this.dice.pick(items)) === true ? terminal.root : undefined;
  }

  killTemporal(): Promise<string | undefined> {
    return this.#killServer('temporal', this.victims.temporal, 5000);
  }

  killS3(): Promise<string | undefined> {
    return this.#killServer('s3', this.victims.s3, 8000);
  }

  killGit(): Promise<string | undefined> {
    return this.#killServer('git', this.victims.git, 5000);
  }

  changeWeather(): string {
    const weather = this.dice.pick(WEATHERS) ?? this.victims.network.weather;
    this.victims.network.weather = weather;
    return JSON.stringify(weather);
  }

  setClock(): string | undefined {
    const host = this.dice.pick(this.victims.hosts);
    const offset = this.dice.pick(CLOCKS) ?? 0;
    host?.setClock(offset);
    return host && `${host.id} by ${offset / HOUR} h`;
  }

  fillDisk(): string | undefined {
    const host = this.dice.pick(
      this.victims.hosts.filter(({ options, isUp, busy }) => options.disk !== undefined && isUp && !busy),
    );
    if (!host) return undefined;
    this.#later(() => host.fillDisk(this.dice.between(1000, 6000)));
    return host.id;
  }

  async #killServer(
    name: string,
    server: { kill(): Promise<void>; restart(): Promise<void> },
    longest: number,
  ): Promise<string | undefined> {
    if (this.#down.has(name)) return undefined;
    this.#down.add(name);
    const away = this.dice.between(200, longest);
    await server.kill();
    this.#later(async () => {
      await sleep(away);
      await server.restart();
      this.#down.delete(name);
    });
    return `for ${(away / 1000).toFixed(1)} s`;
  }

  #later(mend: () => Promise<unknown>): void {
    const mending: Promise<unknown> = mend().finally(() => this.#mending.delete(mending));
    this.#mending.add(mending);
  }

  #choose(): (typeof DEEDS)[number] {
    let rest = this.dice.next() * DEEDS.reduce((sum, [share]) => sum + share, 0);
    return DEEDS.find(([share]) => (rest -= share) < 0) ?? (DEEDS[0] as (typeof DEEDS)[number]);
  }
}
