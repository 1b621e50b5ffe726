import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { TransferOptions } from '../object-store.js';
import { isConnectionFailure, isMismatch } from './explain.js';
import { abortable } from './upload.js';

/** The first request asks for this much, and so learns the size; the rest comes in such pieces. */
const PIECE_BYTES = 8 << 20;
const PIECES_AT_ONCE = 4;
/** How often a piece whose stream breaks off is gone on with. */
const ATTEMPTS = 5;
/** How often one is asked for whose bytes are not what they should be: on the way that is rare. */
const MISMATCHES = 2;

export interface Download {
  readonly client: S3Client;
  readonly source: { readonly Bucket: string; readonly Key: string };
  readonly options: TransferOptions;
}

interface Object {
  readonly size: number;
  readonly etag: string | undefined;
}

/** Streams an object into a file, several pieces of a large one at a time; nothing is held in memory. */
export async function download(down: Download, file: string): Promise<number> {
  const handle = await open(file, 'w');
  try {
    const { size, etag } = await fetchPiece(down, handle, 0, PIECE_BYTES);
    const count = Math.max(0, Math.ceil(size / PIECE_BYTES) - 1);
    let next = 1;
    let failed = false;
    const worker = async () => {
      while (next <= count && !failed) {
        const start = next++ * PIECE_BYTES;
        await fetchPiece(down, handle, start, Math.min(start + PIECE_BYTES, size), etag);
      }
    };
    const working = Array.from({ length: Math.min(PIECES_AT_ONCE, count) }, () =>
      worker().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    );
    try {
      await Promise.all(working);
    } finally {
      await Promise.allSettled(working);
    }
    return size;
  } finally {
    await handle.close();
  }
}

/** Bytes from `start` to before `end`, or to the object's end. What has come is kept when the connection breaks. */
async function fetchPiece(
  { client, source, options }: Download,
  handle: FileHandle,
  start: number,
  end: number,
  etag?: string,
): Promise<Object> {
  let at = start;
  for (let attempt = 1; ; attempt++) {
    const command = new GetObjectCommand({
      ...source,
      Range: `bytes=${at}-${end - 1}`,
      ...(etag !== undefined && { IfMatch: etag }),
    });
    const response = await client.send(command, abortable(options)).catch(emptyOrThrow);
    if (!response) return { size: 0, etag: undefined };
    const size = sizeOf(response);
    etag ??= response.ETag;
    try {
      for await (const chunk of response.Body as Readable) {
        const bytes = chunk as Buffer;
        await writeAll(handle, bytes, at);
        at += bytes.length;
        options.onBytes?.(bytes.length);
      }
      if (at >= Math.min(end, size)) return { size, etag };
    } catch (error) {
      const most = isMismatch(error) ? MISMATCHES : isConnectionFailure(error) ? ATTEMPTS : 0;
      if (attempt >= most) throw error;
      if (isMismatch(error) || at >= Math.min(end, size)) {
        options.onBytes?.(start - at);
        at = start;
      }
    }
    if (attempt === ATTEMPTS) throw cutShort(source.Key, at, size);
    await sleep(200 * 2 ** attempt * (0.5 + Math.random()), undefined, abortSignal(options));
  }
}

/** A range of an object without bytes cannot be satisfied. */
function emptyOrThrow(error: unknown): undefined {
  if ((error as GetObjectCommandOutput).$metadata?.httpStatusCode === 416) return undefined;
  throw error;
}

/** `Content-Range: bytes 0-99/12345`; a server that answers with the whole object sends none. */
function sizeOf({ ContentRange, ContentLength }: GetObjectCommandOutput): number {
  const total = /\/(\d+)$/.exec(ContentRange ?? '')?.[1];
  return total === undefined ? (ContentLength ?? 0) : Number(total);
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const left = bytes.length - written;
    written += (await handle.write(bytes, written, left, position + written)).bytesWritten;
  }
}

function cutShort(key: string, at: number, size: number): Error {
  return Object.assign(new Error(`${key} ends after ${at} of ${size} bytes`), { code: 'ECONNRESET' });
}

function abortSignal({ signal }: TransferOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
