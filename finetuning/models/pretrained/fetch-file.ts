import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { explained } from '../../data/disk-full.js';
import type { OfferedFile } from './hub-client.js';
import { HubRefusal } from './hub-refusal.js';

/** A transfer that brings nothing for so long is given up and taken up again. Milliseconds. */
const STALLED_AFTER = 30_000;
/** Attempts in a row that bring nothing. */
const ATTEMPTS = 5;
/** Milliseconds before the second attempt; each later one waits twice as long. */
const FIRST_PAUSE = 250;

export interface FetchFileOptions {
  readonly file: OfferedFile;
  /** Where it comes to stand, and only when it is whole. */
  readonly target: string;
  /** Asks for the file from a byte on. */
  readonly open: (from: number, signal: AbortSignal) => Promise<Response>;
  /** Bytes that are here, those of an earlier process included. */
  readonly onProgress: (bytes: number) => void;
  readonly log: (line: string) => void;
}

/**
 * Brings one file: goes on where an attempt, or a process before this one, was cut off, and gives the file its name when its
 * digest is right.
 *
 * Two processes may bring the same file at once: both write the same bytes at the same places.
 *
 * @throws HubRefusal, or what the last attempt failed with; DiagnosticError `disk-full`
 */
export async function fetchFile(options: FetchFileOptions): Promise<void> {
  const { file, target, log } = options;
  const incomplete = `${target}.reprise-incomplete`;
  await mkdir(dirname(target), { recursive: true });
  for (let started = 1; ; started++) {
    const resumed = await receiveAll(options, incomplete);
    const found = await digestOf(incomplete, file);
    if (found !== undefined && found === (file.digest?.hex ?? found)) break;
    // Another process had the same and was first.
    if (found === undefined && existsSync(target)) return;
    await rm(incomplete, { force: true });
    // What was left behind may have been of another file, and another process may have thrown it away. What came in one
    // piece was sent so.
    if (started > 2 || (found !== undefined && !resumed))
      throw new Error(`${file.path} came with another ${file.digest?.kind === 'git' ? 'git hash' : file.digest?.kind} than ${file.digest?.kind === 'sha512' ? 'was pinned' : 'the hub states'} (${found ?? 'it is gone'})`); // prettier-ignore
    log(`${file.path} is damaged; fetching it from its beginning`);
  }
  try {
    await rename(incomplete, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

/** @returns whether a part of it was here before */
async function receiveAll(options: FetchFileOptions, incomplete: string): Promise<boolean> {
  const { file, log } = options;
  const have = (): number => statSync(incomplete, { throwIfNoEntry: false })?.size ?? 0;
  if (have() > file.bytes) await rm(incomplete, { force: true });
  const before = have();
  for (let failed = 0; ;) {
    const from = have();
    if (from > 0 && from < file.bytes) log(`${file.path}: going on from byte ${from} of ${file.bytes}`);
    try {
      await receive(options, incomplete, from);
      return before > 0;
    } catch (error) {
      const final = error instanceof HubRefusal ? !error.mayPass : error instanceof WriteError;
      failed = have() > from ? 1 : failed + 1;
      if (final || failed >= ATTEMPTS) throw error instanceof WriteError ? error.cause : error;
      log(`${file.path}: ${(error as Error).message}; trying again`);
      await pause(FIRST_PAUSE * 2 ** (failed - 1));
    }
  }
}

/** Not the network's fault: to try again is of no use. */
class WriteError extends Error {}

async function receive(
  { file, open: request, onProgress, target }: FetchFileOptions,
  incomplete: string,
  from: number,
): Promise<void> {
  const failed = (cause: unknown): never => {
    throw new WriteError('the file cannot be written', { cause: explained(cause, basename(target)) });
  };
  const handle = await open(incomplete, constants.O_RDWR | constants.O_CREAT, 0o644).catch(failed);
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () => abort.abort(new Error(`nothing came for ${STALLED_AFTER / 1000} s`)),
      STALLED_AFTER,
    );
  };
  try {
    if (from < file.bytes) {
      const response = await request(from, abort.signal);
      let at = startOf(response, from);
      watch();
      for await (const chunk of response.body ?? []) {
        watch();
        const bytes = chunk as Uint8Array;
        if (at + bytes.length > file.bytes)
          throw new Error(`more than the ${file.bytes} bytes that were stated`);
        for (let done = 0; done < bytes.length;)
          done += (await handle.write(bytes, done, bytes.length - done, at + done).catch(failed))
            .bytesWritten;
        at += bytes.length;
        onProgress(at);
      }
      if (at < file.bytes) throw new Error(`the connection ended at byte ${at} of ${file.bytes}`);
    }
    await handle.sync().catch(failed);
  } finally {
    clearTimeout(timer);
    await handle.close();
  }
}

/** Where an answer begins: a server may send the whole file when a part was asked for. */
function startOf(response: Response, from: number): number {
  if (response.status !== 206) return 0;
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (Number(start) !== from)
    throw new Error(`the server sent bytes from ${start ?? 'nowhere'} in place of ${from}`);
  return from;
}

async function digestOf(path: string, { bytes, digest }: OfferedFile): Promise<string | undefined> {
  const kind = digest?.kind ?? 'sha256';
  const hash = createHash(kind === 'git' ? 'sha1' : kind);
  if (kind === 'git') hash.update(`blob ${bytes}\0`);
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}
