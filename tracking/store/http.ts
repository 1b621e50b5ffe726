import { createReadStream, readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { stat } from 'node:fs/promises';
import type { ServerTarget } from '../target.js';
import { StoreFailure } from './tracking-store.js';

/** Milliseconds in which nothing moves on a connection. */
const IDLE_MS = 30_000;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly json?: unknown;
  /** Path of what is sent as it is. */
  readonly file?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * One call, with the target's credentials and authorities.
 *
 * @throws StoreFailure, transient: no answer came
 */
export async function call(target: ServerTarget, { method, url, json, file }: Call): Promise<Answer> {
  const secure = url.startsWith('https:');
  const text = json === undefined ? undefined : JSON.stringify(json);
  const length = file === undefined ? undefined : (await stat(file)).size;
  const options: RequestOptions = {
    method,
    timeout: IDLE_MS,
    headers: {
      accept: 'application/json',
      ...(target.authorization === undefined ? {} : { authorization: target.authorization }),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(length === undefined
        ? {}
        : { 'content-type': 'application/octet-stream', 'content-length': length }),
    },
    ...(secure ? tls(target) : {}),
  };
  return await new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(new StoreFailure(`${target.uri} does not answer (${reasonOf(cause)})`, true, { cause }));
    const request = (secure ? requestHttps : requestHttp)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', fail);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.once('error', fail);
    request.once('timeout', () => request.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)));
    if (file === undefined) request.end(text);
    else
      createReadStream(file)
        .once('error', (cause) => request.destroy(cause))
        .pipe(request);
  });
}

function tls({ insecure, authority, clientCertificate }: ServerTarget): RequestOptions {
  const own = clientCertificate === undefined ? undefined : readFileSync(clientCertificate);
  return {
    rejectUnauthorized: !insecure,
    ...(authority === undefined ? {} : { ca: readFileSync(authority) }),
    ...(own === undefined ? {} : { cert: own, key: own }),
  };
}

function reasonOf(cause: Error): string {
  const { code } = cause as NodeJS.ErrnoException;
  return code ?? cause.message;
}
