import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { foldText } from '../rows/text-key.js';
import { BandTable } from './band-table.js';

/** Minima of as many hash functions: the share in which two texts agree estimates their similarity within some 0.04. */
const MINIMA = 128;
const SIGNATURE_BYTES = MINIMA * 4;
/** Signatures that are read at once. */
const CHUNK = 4096;

/**
 * MinHash signatures of texts, spooled to a file: memory holds a number a text and one band's table.
 *
 * Source: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.3 and 3.4 (signatures, and banding of them).
 */
export class NearDuplicates {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(SIGNATURE_BYTES * CHUNK);
  readonly #signature = new Uint32Array(MINIMA);
  #buffered = 0;
  #count = 0;

  /** @param spool a file that is made, and removed by `close` */
  constructor(
    private readonly spool: string,
    private readonly settings: { readonly threshold: number; readonly words: number },
  ) {
    this.#fd = openSync(spool, 'w+');
  }

  add(text: string): void {
    minima(text, this.settings.words, this.#signature);
    this.#buffer.set(
      new Uint8Array(this.#signature.buffer, 0, SIGNATURE_BYTES),
      this.#buffered * SIGNATURE_BYTES,
    );
    this.#count++;
    if (++this.#buffered === CHUNK) this.#flush();
  }

  /** Which texts, in the order in which they came, are nearly one that came before: of each cluster, all but the first. */
  find(): Uint8Array {
    const first = this.clusters();
    const near = new Uint8Array(first.length);
    for (let row = 0; row < first.length; row++) if (first[row] !== row) near[row] = 1;
    return near;
  }

  /** Of each text, the first of those that are nearly it: itself, where there is none before. */
  clusters(): Int32Array {
    this.#flush();
    const first = new Int32Array(this.#count);
    for (let row = 0; row < first.length; row++) first[row] = row;
    const rows = rowsPerBand(this.settings.threshold);
    const seen = new BandTable(this.#count);
    for (let band = 0; band < MINIMA / rows; band++) {
      this.#joinBand(band * rows, rows, first, seen);
      seen.clear();
    }
    for (let row = 0; row < first.length; row++) first[row] = root(first, row);
    return first;
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.spool, { force: true });
  }

  #joinBand(from: number, rows: number, first: Int32Array, seen: BandTable): void {
    const signatures = new Uint32Array(this.#buffer.buffer, this.#buffer.byteOffset, MINIMA * CHUNK);
    const other = Buffer.alloc(SIGNATURE_BYTES);
    for (let row = 0; row < this.#count; row++) {
      if (row % CHUNK === 0) readSync(this.#fd, this.#buffer, 0, this.#buffer.length, row * SIGNATURE_BYTES);
      const at = (row % CHUNK) * SIGNATURE_BYTES;
      let [high, low] = [0, 0];
      for (let place = at / 4 + from; place < at / 4 + from + rows; place++) {
        high = mixed(high ^ (signatures[place] as number));
        low = mixed((low + (signatures[place] as number)) ^ 0x9e3779b9);
      }
      const before = seen.firstOf(high, low, row);
      if (before === row) continue;
      const [a, b] = [root(first, before), root(first, row)];
      if (a === b) continue;
      readSync(this.#fd, other, 0, SIGNATURE_BYTES, before * SIGNATURE_BYTES);
      if (agreement(this.#buffer.subarray(at, at + SIGNATURE_BYTES), other) >= this.settings.threshold)
        first[Math.max(a, b)] = Math.min(a, b);
    }
  }

  #flush(): void {
    const bytes = this.#buffered * SIGNATURE_BYTES;
    for (let at = 0; at < bytes;) at += writeSync(this.#fd, this.#buffer, at, bytes - at);
    this.#buffered = 0;
  }
}

/** The first text of the cluster that `row` is in. */
function root(first: Int32Array, row: number): number {
  let at = row;
  while (first[at] !== at) {
    // Halves the way for those that come after.
    first[at] = first[first[at] as number] as number;
    at = first[at] as number;
  }
  return at;
}

/** The widest bands, and so the fewest comparisons, by which at most one in a hundred pairs at the threshold is missed. */
function rowsPerBand(threshold: number): number {
  const missed = (rows: number): number => (1 - threshold ** rows) ** (MINIMA / rows);
  return [32, 16, 8, 4, 2].find((rows) => missed(rows) <= 0.01) ?? 1;
}

function agreement(one: Buffer, other: Buffer): number {
  let equal = 0;
  for (let at = 0; at < SIGNATURE_BYTES; at += 4)
    if (one.readUInt32LE(at) === other.readUInt32LE(at)) equal++;
  return equal / MINIMA;
}

/** Of each hash function, the least value over the text's runs of so many words. */
function minima(text: string, words: number, into: Uint32Array): void {
  into.fill(0xffffffff);
  const parts = (foldText(text) || text).split(' ');
  const hashes = parts.map(hashOf);
  for (let at = 0; at === 0 || at + words <= parts.length; at++) {
    let run = 0x811c9dc5;
    for (let word = at; word < Math.min(at + words, parts.length); word++)
      run = mixed(run ^ (hashes[word] as number));
    for (let index = 0; index < MINIMA; index++) {
      const value = mixed(run ^ (SEEDS[index] as number));
      if (value < (into[index] as number)) into[index] = value;
    }
  }
}

/** FNV-1a over the units of the string. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** MurmurHash3's finalizer: each bit of the input moves half of the output's. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const SEEDS = Uint32Array.from({ length: MINIMA }, (_, index) => mixed(Math.imul(index + 1, 0x9e3779b9)));
