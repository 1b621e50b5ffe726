import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';
import { ObjectMissingError, type ObjectStore } from '../../storage/index.js';
import { identify, isAlive } from '../command/process-identity.js';

const PREFIX = 'reprise/turns/';
/** How often the holder of a turn says that it lives. */
const BEAT_MS = 5_000;
/** Who was silent for so long, at most, looks whether the turn is still its own before it says anything. */
const LATE_MS = 15_000;
/** A holder that said nothing for so long is gone. By a clock of whoever waits that nobody sets: hosts' clocks differ, and jump. */
const SILENT_MS = 45_000;
/** What was seen so long ago is of a stage that nobody here waits for any longer. */
const FORGOTTEN_MS = 3600_000;

/** How often, and after how long, a turn that could not be removed is removed again. */
const REMOVALS = 40;
const REMOVAL_MS = 15_000;

const turnRecord = z.object({
  /** Whose turn it is: a stage of a run, whichever attempt. */
  owner: z.string(),
  /** Host and process, so that on the same host a death is noticed at once. */
  hostname: z.string(),
  process: z.object({ pid: z.number(), started: z.string() }).optional(),
  /** Of this turn alone: its number may be given again. */
  id: z.string().optional(),
  beats: z.number(),
});

type TurnRecord = z.output<typeof turnRecord>;

/** What was last seen of other holders, by store and key: how long they have been silent is known only by looking again. */
const seen = new Map<string, { readonly text: string; readonly since: number }>();

/**
 * The right to run the command of one run key. Equal stages have equal keys, so of those that are asked for at the same time, by
 * whichever run and on whichever host, one runs and the others get what it made.
 *
 * `reprise/turns/<key>-<n>` in the store is the n-th turn. Its holder renews it, and removes it at the end; the n+1st can be
 * taken while it is there only when its holder is gone. Taking one is a conditional write, so that one of several gets it.
 */
export class Turn {
  readonly #timer: NodeJS.Timeout;
  #record: TurnRecord;
  #writing: Promise<void> = Promise.resolve();
  /** When it last said that it lives, by a clock that nobody sets. */
  #said = performance.now();
  #isLost = false;
  readonly #passedOn = new AbortController();

  private constructor(
    readonly store: ObjectStore,
    readonly key: string,
    readonly number: number,
    record: TurnRecord,
    /** Milliseconds. */
    readonly late: number,
  ) {
    this.#record = record;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  /**
   * @param owner names a stage of a run: an earlier attempt of it that was killed need not be waited for
   * @param patience milliseconds that may pass without a word before the stage is given to another attempt
   * @returns undefined while somebody else has it
   */
  static async take(
    store: ObjectStore,
    key: string,
    owner: string,
    patience = Infinity,
  ): Promise<Turn | undefined> {
    const prefix = `${PREFIX}${key}-`;
    const newest = await newestTurn(store, prefix);
    if (newest > 0) {
      const holder = await readText(store, `${prefix}${newest}`);
      if (holder !== undefined && !isOver(`${store.name}/${prefix}`, holder, owner)) return undefined;
    }
    const own = identify(process.pid);
    const record: TurnRecord = {
      owner,
      hostname: hostname(),
      ...(own ? { process: own } : {}),
      id: randomUUID(),
      beats: 0,
    };
    const number = newest + 1;
    const isTaken = await store.putIfAbsent(`${prefix}${number}`, bytesOf(record));
    return isTaken ? new Turn(store, key, number, record, Math.min(LATE_MS, patience / 2)) : undefined;
  }

  /**
   * Removes turns whose holders are gone: what a killed worker left, or one whose store did not answer at the end. Those of other
   * hosts are known to be silent only when this looks again later.
   *
   * @param key of one stage, and the owner whose turns are over in any case; absent: all that is there
   */
  static async sweep(store: ObjectStore, key?: string, owner?: string): Promise<void> {
    for await (const { key: path } of store.list(key === undefined ? PREFIX : `${PREFIX}${key}-`)) {
      const holder = await readText(store, path);
      if (holder !== undefined && isOver(`${store.name}/${path}`, holder, owner)) await store.delete(path);
    }
  }

  /** The keys whose turns somebody has, or had when he was killed. */
  static async keys(store: ObjectStore): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    for await (const { key } of store.list(PREFIX)) keys.add(key.slice(PREFIX.length, key.lastIndexOf('-')));
    return keys;
  }

  /** Aborted when it is found that the stage is another's. Who works in a folder that hosts share must not go on then. */
  get passedOn(): AbortSignal {
    return this.#passedOn.signal;
  }

  /**
   * Whether the stage is another's by now: a process that was stopped for a while was taken for dead, and so was one that could not
   * say that it lives. Then the outs, the checkpoints and the folders may be of an attempt that came after.
   */
  async isPassedOn(): Promise<boolean> {
    await this.#writing;
    return await this.#look();
  }

  async #look(): Promise<boolean> {
    const prefix = `${PREFIX}${this.key}-`;
    this.#isLost ||= !(await this.#isThere());
    const newest = this.#isLost ? 0 : await newestTurn(this.store, prefix);
    const isPassedOn =
      this.#isLost ||
      // An equal stage of another run works elsewhere, and finds what this one makes.
      (newest > this.number &&
        parse((await readText(this.store, `${prefix}${newest}`)) ?? '')?.owner === this.#record.owner);
    if (isPassedOn) this.#passedOn.abort();
    return isPassedOn;
  }

  /** Lets the next one have it. When the store does not answer now, it goes on trying for a while. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    if (this.#isLost) return;
    await this.#remove().catch(() => void this.#removeLater());
  }

  async #remove(): Promise<void> {
    // The oldest first: what is left when this is broken off is a turn whose holder is silent.
    for (let number = 1; number <= this.number; number++) await this.store.delete(this.#path(number));
  }

  async #removeLater(): Promise<void> {
    for (let tries = 0; tries < REMOVALS; tries++) {
      await sleep(REMOVAL_MS, undefined, { ref: false });
      const isRemoved = await this.#remove().then(
        () => true,
        () => false,
      );
      if (isRemoved) return;
    }
  }

  #beat(): void {
    this.#record = { ...this.#record, beats: this.#record.beats + 1 };
    const record = this.#record;
    // One that fails costs nothing: the next comes soon.
    this.#writing = this.#writing.then(() => this.#say(record)).catch(() => undefined);
  }

  /** Its number may be another's by now, who must not find us there. Where a look costs a request, only who was silent looks. */
  async #say(record: TurnRecord): Promise<void> {
    const isFree = this.store.pageSize === undefined;
    if ((isFree || performance.now() - this.#said > this.late) && (await this.#look())) {
      clearInterval(this.#timer);
      return;
    }
    await this.store.put(this.#path(this.number), bytesOf(record));
    this.#said = performance.now();
  }

  /** @throws where the store does not answer, which says nothing */
  async #isThere(): Promise<boolean> {
    try {
      const found = parse(await text(await this.store.get(this.#path(this.number))));
      return found === undefined || found.id === this.#record.id;
    } catch (error) {
      if (error instanceof ObjectMissingError) return false;
      throw error;
    }
  }

  #path(number: number): string {
    return `${PREFIX}${this.key}-${number}`;
  }
}

const bytesOf = (record: TurnRecord): Buffer => Buffer.from(JSON.stringify(record));

async function newestTurn(store: ObjectStore, prefix: string): Promise<number> {
  let newest = 0;
  for await (const { key } of store.list(prefix))
    newest = Math.max(newest, Number(key.slice(prefix.length)) || 0);
  return newest;
}

async function readText(store: ObjectStore, key: string): Promise<string | undefined> {
  try {
    return await text(await store.get(key));
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    return undefined;
  }
}

function isOver(place: string, holder: string, owner: string | undefined): boolean {
  const record = parse(holder);
  if (owner !== undefined && record?.owner === owner) return true;
  if (record?.process && record.hostname === hostname()) return !isAlive(record.process);
  const before = seen.get(place);
  if (before?.text === holder) return performance.now() - before.since > SILENT_MS;
  const now = performance.now();
  for (const [other, { since }] of seen) if (now - since > FORGOTTEN_MS) seen.delete(other);
  seen.set(place, { text: holder, since: now });
  return false;
}

function parse(holder: string): TurnRecord | undefined {
  try {
    return turnRecord.safeParse(JSON.parse(holder)).data;
  } catch {
    return undefined;
  }
}
