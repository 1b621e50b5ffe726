import { setMaxListeners } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type AbortMultipartUploadCommandInput,
  type CompletedPart,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ByteBudget } from '../byte-budget.js';
import type { ObjectSource, TransferOptions } from '../object-store.js';

/** Files up to this size go in one request, larger ones in parts of it. S3 wants parts of at least 5 MiB. */
const PART_BYTES = 8 << 20;
/** S3's limit. A larger file gets larger parts. */
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 4;
const TAKE_BACKS = 3;
const TAKE_BACK_MS = 300;

export interface Upload {
  readonly client: S3Client;
  readonly target: { readonly Bucket: string; readonly Key: string };
  /** Encryption, ACL. */
  readonly extras: Partial<PutObjectCommandInput>;
  readonly budget: ByteBudget;
  readonly options: TransferOptions;
}

/**
 * Every body is a buffer with a CRC of its own: the server refuses what was damaged on the way, and the SDK can send it again.
 */
export async function upload(up: Upload, source: ObjectSource): Promise<void> {
  if (source instanceof Uint8Array) return putWhole(up, source);
  const handle = await open(source.file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > PART_BYTES) await putParts(up, handle, size);
    else await up.budget.hold(size, async () => putWhole(up, await readPart(handle, 0, size)));
  } finally {
    await handle.close();
  }
}

async function putWhole({ client, target, extras, options }: Upload, body: Uint8Array): Promise<void> {
  await client.send(new PutObjectCommand({ ...target, ...extras, Body: body }), abortable(options));
  options.onBytes?.(body.byteLength);
}

/** All parts, or nothing: an upload that fails is taken back. */
async function putParts(up: Upload, handle: FileHandle, size: number): Promise<void> {
  const { client, target, extras, budget, options } = up;
  const withChecksums = (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...target,
      ...extras,
      ...(withChecksums && { ChecksumAlgorithm: 'CRC32' }),
    }),
    abortable(options),
  );
  const id = { ...target, UploadId };
  const partSize = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  const count = Math.ceil(size / partSize);
  const parts = new Array<CompletedPart>(count);
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < count && !failed) {
      const index = next++;
      const start = index * partSize;
      const length = Math.min(partSize, size - start);
      await budget.hold(length, async () => {
        const Body = await readPart(handle, start, length);
        const command = new UploadPartCommand({ ...id, PartNumber: index + 1, Body });
        const { ETag, ChecksumCRC32 } = await client.send(command, abortable(options));
        parts[index] = { ETag, PartNumber: index + 1, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
        options.onBytes?.(length);
      });
    }
  };
  const working = Array.from({ length: Math.min(PARTS_AT_ONCE, count) }, () =>
    worker().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  try {
    await Promise.all(working);
    await complete(up, UploadId, parts, size);
  } catch (error) {
    await Promise.allSettled(working);
    await takeBack(client, id);
    throw error;
  }
}

/**
 * The server keeps the parts of an upload that nobody takes back. One that it was still writing may outlast the first time
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html).
 */
async function takeBack(client: S3Client, id: AbortMultipartUploadCommandInput): Promise<void> {
  for (let tries = 0; tries < TAKE_BACKS; tries++) {
    if (tries > 0) await sleep(TAKE_BACK_MS);
    try {
      await client.send(new AbortMultipartUploadCommand(id));
    } catch {
      return;
    }
  }
}

async function complete(
  { client, target, options }: Upload,
  UploadId: string | undefined,
  Parts: CompletedPart[],
  size: number,
): Promise<void> {
  try {
    const command = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } });
    await client.send(command, abortable(options));
  } catch (error) {
    if ((error as Error).name !== 'NoSuchUpload') throw error;
    // The first try went through, and its answer was lost.
    const { ContentLength } = await client.send(new HeadObjectCommand(target), abortable(options));
    if (ContentLength !== size) throw error;
  }
}

async function readPart(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(buffer, at, length - at, position + at);
    if (bytesRead === 0) throw new Error('the file became shorter while it was uploaded');
    at += bytesRead;
  }
  return buffer;
}

export function abortable({ signal }: TransferOptions): { abortSignal?: AbortSignal } {
  if (!signal) return {};
  // Every request under way listens to it, and there are more than the ten that Node takes for a leak.
  setMaxListeners(Infinity, signal);
  return { abortSignal: signal };
}
