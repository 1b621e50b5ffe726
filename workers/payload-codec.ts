import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

/**
 * From here on a payload is compressed, in bytes: a plan of some hundred stages stays readable in Temporal's UI and for `temporal`;
 * the server takes 2 MB.
 */
export const COMPRESSED_FROM = 128 * 1024;

/** As the ZlibCodec of Temporal's Go SDK names it and writes it: codec servers that are built on that read it. */
const ENCODING = 'binary/zlib';

/** Bytes: what is more than this is no pipeline's, and made to fill the memory. */
const LARGEST = 256 * 1024 * 1024;

const Proto = proto.temporal.api.common.v1.Payload;

/** Compresses what a large pipeline has to say: plan, state, result. Reads what anybody wrote. */
const zlibCodec: PayloadCodec = {
  encode: (payloads) => Promise.all(payloads.map(compressed)),
  decode: (payloads) => Promise.all(payloads.map(expanded)),
};

/** For workers and clients of runs; with codecs of one's own, such as one that encrypts, it comes before them. */
export function withCompression(own: DataConverter = {}): DataConverter {
  return { ...own, payloadCodecs: [zlibCodec, ...(own.payloadCodecs ?? [])] };
}

export const dataConverter = withCompression();

async function compressed(payload: Payload): Promise<Payload> {
  if ((payload.data?.length ?? 0) < COMPRESSED_FROM) return payload;
  const data = await promisify(deflate)(Proto.encode(payload).finish());
  return { metadata: { encoding: Buffer.from(ENCODING) }, data };
}

async function expanded(payload: Payload): Promise<Payload> {
  const encoding = payload.metadata?.['encoding'];
  if (!encoding || Buffer.from(encoding).toString() !== ENCODING) return payload;
  try {
    const data = payload.data ?? new Uint8Array();
    return Proto.decode(await promisify(inflate)(data, { maxOutputLength: LARGEST }));
  } catch {
    // Anybody may send one: whoever reads it refuses it as a value that no schema takes.
    return payload;
  }
}
