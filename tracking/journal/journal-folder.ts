import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { tryLock } from './lock.js';
import type { JournalEntry, JournalHead, JournalProgress } from './entries.js';

/**
 * A run's journal on disk: what a training says of itself costs it one line of a file, and is sent by others, later if
 * need be. One process writes; one at a time sends.
 */
export class JournalFolder {
  constructor(readonly path: string) {}

  /** In the order in which they were begun. */
  static list(under: string): JournalFolder[] {
    if (!existsSync(under)) return [];
    return readdirSync(under)
      .filter((name) => existsSync(join(under, name, 'head.json')))
      .sort()
      .map((name) => new JournalFolder(join(under, name)));
  }

  /** This process has it until `release`. */
  static create(
    under: string,
    head: JournalHead,
  ): { readonly journal: JournalFolder; readonly release: () => void } {
    const name = `${new Date(head.startTime).toISOString().replace(/[-:.]/g, '')}-${randomUUID().slice(0, 8)}`;
    const path = join(under, name);
    mkdirSync(join(path, 'files'), { recursive: true });
    const journal = new JournalFolder(path);
    const release = tryLock(journal.lockFile) ?? (() => undefined);
    writeFileSync(journal.#file, '');
    // Last: what has no head is no journal, and nobody else takes it.
    writeWhole(join(path, 'head.json'), JSON.stringify(head));
    return { journal, release };
  }

  get lockFile(): string {
    return join(this.path, 'sender');
  }

  get id(): string {
    return basename(this.path);
  }

  head(): JournalHead {
    return JSON.parse(readFileSync(join(this.path, 'head.json'), 'utf8')) as JournalHead;
  }

  progress(): JournalProgress {
    try {
      return JSON.parse(readFileSync(join(this.path, 'sent.json'), 'utf8')) as JournalProgress;
    } catch {
      return { offset: 0 };
    }
  }

  setProgress(progress: JournalProgress): void {
    writeWhole(join(this.path, 'sent.json'), JSON.stringify(progress));
  }

  append(entry: JournalEntry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** @returns the name of the copy */
  keepFile(source: string): string {
    const name = randomUUID();
    copyFileSync(source, this.fileOf(name), constants.COPYFILE_FICLONE);
    return name;
  }

  /** @returns the name of the file */
  keepText(text: string): string {
    const name = randomUUID();
    writeFileSync(this.fileOf(name), text);
    return name;
  }

  fileOf(name: string): string {
    return join(this.path, 'files', name);
  }

  /** Whole lines from `offset` on, at most about a megabyte of them. */
  read(offset: number): { readonly entries: readonly { entry: JournalEntry; end: number }[] } {
    const descriptor = openSync(this.#file, 'r');
    try {
      const buffer = Buffer.alloc(Math.max(0, Math.min(fstatSync(descriptor).size - offset, 1 << 20)));
      const length = readSync(descriptor, buffer, 0, buffer.length, offset);
      const entries: { entry: JournalEntry; end: number }[] = [];
      for (let at = 0; ;) {
        const end = buffer.indexOf(0x0a, at);
        if (end === -1 || end >= length) return { entries };
        const entry = parsed(buffer.toString('utf8', at, end));
        at = end + 1;
        if (entry) entries.push({ entry, end: offset + at });
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** All of it. */
  *entries(): Generator<JournalEntry> {
    for (let offset = 0; ;) {
      const { entries } = this.read(offset);
      for (const { entry, end } of entries) {
        offset = end;
        yield entry;
      }
      if (entries.length === 0) return;
    }
  }

  /** What a kill left of a line is no line: the next one begins anew. */
  mend(): void {
    const text = readFileSync(this.#file);
    if (text.length > 0 && text.at(-1) !== 0x0a) appendFileSync(this.#file, '\n');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.path, 'journal.jsonl');
  }
}

function parsed(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return undefined;
  }
}

function writeWhole(path: string, text: string): void {
  const beside = `${path}.new`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}
