import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type ObjectCannedACL,
  type PutObjectCommandInput,
  type S3Client,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { ByteBudget } from '../byte-budget.js';
import {
  ObjectMissingError,
  checkKey,
  type ObjectInfo,
  type ObjectSource,
  type ObjectStore,
  type TransferOptions,
} from '../object-store.js';
import { createClient } from './create-client.js';
import { download } from './download.js';
import { explain, isMissing, isNameless, isTaken } from './explain.js';
import type { S3Options } from './s3-options.js';
import { upload } from './upload.js';

/** What uploads may hold in memory, all together. */
const UPLOAD_BYTES = 64 << 20;

/** Objects in a bucket of Amazon S3, or of a server that speaks its protocol. */
export class S3Store implements ObjectStore {
  readonly name: string;
  readonly pageSize = 1000;
  readonly #client: S3Client;
  readonly #options: S3Options;
  readonly #budget = new ByteBudget(UPLOAD_BYTES);

  constructor(client: S3Client, options: S3Options) {
    this.#client = client;
    this.#options = options;
    const { bucket, prefix } = options;
    this.name = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  }

  static async open(options: S3Options): Promise<S3Store> {
    return new S3Store(await createClient(options), options);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const target = this.#target(key);
    try {
      const { ContentLength, ETag } = await this.#client.send(new HeadObjectCommand(target));
      return { key, size: ContentLength ?? 0, ...(ETag === undefined ? {} : { etag: ETag }) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.#explained(isNameless(error) ? await this.#named(error, target) : error);
    }
  }

  async get(key: string): Promise<Readable> {
    const target = this.#target(key);
    return this.#asking(key, async () => {
      const { Body } = await this.#client.send(new GetObjectCommand(target));
      return Body as Readable;
    });
  }

  async download(key: string, file: string, options: TransferOptions = {}): Promise<number> {
    const source = this.#target(key);
    return this.#asking(key, () => download({ client: this.#client, source, options }, file));
  }

  async put(key: string, source: ObjectSource, options: TransferOptions = {}): Promise<void> {
    const target = this.#target(key);
    try {
      const extras = extrasOf(this.#options);
      await upload({ client: this.#client, target, extras, budget: this.#budget, options }, source);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const target = this.#target(key);
    try {
      const extras = extrasOf(this.#options);
      await this.#client.send(new PutObjectCommand({ ...target, ...extras, Body: bytes, IfNoneMatch: '*' }));
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw this.#explained(error);
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const { bucket } = this.#options;
    const folder = this.#path('');
    try {
      const request = { Bucket: bucket, Prefix: folder + prefix };
      for await (const page of paginateListObjectsV2({ client: this.#client }, request)) {
        for (const { Key = '', Size = 0, ETag } of page.Contents ?? [])
          // Consoles make objects of no bytes to show folders.
          if (!Key.endsWith('/'))
            yield {
              key: Key.slice(folder.length),
              size: Size,
              ...(ETag === undefined ? {} : { etag: ETag }),
            };
      }
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async delete(key: string): Promise<void> {
    const target = this.#target(key);
    try {
      await this.#client.send(new DeleteObjectCommand(target));
    } catch (error) {
      if (!isMissing(error)) throw this.#explained(error);
    }
  }

  /** The same refusal with its reason, which a GET's answer has: expired credentials, say, and not those without rights. */
  async #named(refusal: unknown, target: { Bucket: string; Key: string }): Promise<unknown> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ ...target, Range: 'bytes=0-0' }));
      (Body as Readable).destroy();
      return refusal;
    } catch (error) {
      return isNameless(error) ? error : refusal;
    }
  }

  async #asking<T>(key: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw isMissing(error) ? new ObjectMissingError(this.name, key) : this.#explained(error);
    }
  }

  #target(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    return { Bucket: this.#options.bucket, Key: this.#path(key) };
  }

  #path(key: string): string {
    const { prefix } = this.#options;
    return prefix === '' ? key : `${prefix}/${key}`;
  }

  #explained(error: unknown): unknown {
    const { bucket, endpointUrl } = this.#options;
    return explain(error, this.name, bucket, endpointUrl ?? 'Amazon S3');
  }
}

/** What goes with each new object. */
function extrasOf(options: S3Options): Partial<PutObjectCommandInput> {
  const extras = {
    ServerSideEncryption: options.sse as ServerSideEncryption | undefined,
    SSEKMSKeyId: options.sseKmsKeyId,
    ACL: options.acl as ObjectCannedACL | undefined,
    GrantRead: options.grantRead,
    GrantReadACP: options.grantReadAcp,
    GrantWriteACP: options.grantWriteAcp,
    GrantFullControl: options.grantFullControl,
  };
  return Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined));
}
