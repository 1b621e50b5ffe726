import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';

type RequestHandler = NonNullable<S3ClientConfig['requestHandler']>;

/** How connections are made. */
export interface ConnectionSettings {
  /** Seconds. */
  readonly connectTimeout: number;
  readonly readTimeout: number;
  /** Of the server's certificate: false is any; a text has those to trust, in PEM. */
  readonly trust: boolean | string;
}

/** As many as one store uses at a time: the default jobs, each of a file in several pieces. */
const IDLE = 64;
/** All stores of the process together: stages that run side by side must not wait for one another. */
const MOST = 1024;

/** By their settings. */
const handlers = new Map<string, RequestHandler>();

/**
 * Makes a client whose connections are shared with all that were made with equal settings. Stores come and go, one with each stage of a
 * run, so that each has the credentials of its time; connections of its own would stay open behind each, for as long as the server
 * has patience, and the next stage would make new ones.
 *
 * @param create given what the client is to have as its `requestHandler`
 */
export function withConnections(
  settings: ConnectionSettings,
  create: (requestHandler: RequestHandler) => S3Client,
): S3Client {
  const key = JSON.stringify([settings.connectTimeout, settings.readTimeout, settings.trust]);
  const client = create(handlers.get(key) ?? described(settings));
  // Of a description, the client has made the handler.
  handlers.set(key, client.config.requestHandler);
  return client;
}

function described({ connectTimeout, readTimeout, trust }: ConnectionSettings): RequestHandler {
  const agent = { keepAlive: true, maxSockets: MOST, maxFreeSockets: IDLE };
  return {
    connectionTimeout: connectTimeout * 1000,
    socketTimeout: readTimeout * 1000,
    httpAgent: agent,
    httpsAgent: {
      ...agent,
      ...(trust === false && { rejectUnauthorized: false }),
      ...(typeof trust === 'string' && { ca: trust }),
    },
  };
}
