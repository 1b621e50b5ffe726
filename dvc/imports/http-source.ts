import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { DiagnosticError } from '../../diagnostics/index.js';
import { md5OfBytes } from '../state/index.js';
import type { ImportState } from '../types.js';
import { sourceMissing, type UrlSource } from './source.js';

/** A compressed answer would hide the size. */
const HEADERS = { 'accept-encoding': 'identity' };

/** What a web server answers at a URL. */
export class HttpSource implements UrlSource {
  constructor(readonly url: string) {}

  async describe(): Promise<ImportState> {
    const response = await this.#ask('HEAD').catch(async (error: unknown) => {
      // Some servers know no HEAD.
      if (error instanceof DiagnosticError && error.transient) throw error;
      const got = await this.#ask('GET');
      await got.body?.cancel();
      return got;
    });
    const size = response.headers.get('content-length');
    const checksum =
      response.headers.get('etag') ?? response.headers.get('content-md5') ?? tokenOf(this.url, response);
    return { checksum, ...(size === null ? {} : { size: Number(size) }), hash: 'md5' };
  }

  async download(to: string, signal?: AbortSignal): Promise<void> {
    const { body } = await this.#ask('GET', signal);
    const chunks = body ? Readable.fromWeb(body as ReadableStream) : Readable.from([]);
    await pipeline(chunks, createWriteStream(to, { flags: 'wx' }), ...(signal ? [{ signal }] : []));
  }

  async #ask(method: 'HEAD' | 'GET', signal?: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      const { url, headers } = withoutPassword(this.url);
      response = await fetch(url, { method, headers, ...(signal ? { signal } : {}) });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw this.#failed('it cannot be reached', true, cause);
    }
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) throw sourceMissing(shown(this.url));
    throw this.#failed(`HTTP ${response.status}`, response.status >= 500 || response.status === 429);
  }

  #failed(why: string, transient: boolean, cause?: unknown): DiagnosticError {
    return new DiagnosticError('source-failed', {
      message: `${shown(this.url)}: ${why}`,
      fix: 'see to it that the host of the worker can fetch that URL',
      transient,
      cause,
    });
  }
}

/** Fetch takes no address with a user and password in it. At a redirect to another host it leaves the header out. */
function withoutPassword(address: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(address);
  const [user, password] = [url.username, url.password].map(decodeURIComponent);
  url.username = url.password = '';
  if (!user && !password) return { url, headers: HEADERS };
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  return { url, headers: { ...HEADERS, authorization: `Basic ${basic}` } };
}

/** Without a password, and without what follows `?`, which may be one. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/**
 * What DVC takes where a server gives neither ETag nor Content-MD5: fsspec's `tokenize` of what it knows of the file, the md5 of
 * Python's text of it, as a decimal number.
 */
function tokenOf(url: string, response: Response): string {
  const { headers } = response;
  const size = headers.get('content-length');
  const known: [string, string][] = [
    ['name', repr(url)],
    ['size', size ?? 'None'],
  ];
  const type = headers.get('content-type');
  if (type !== null) known.push(['mimetype', repr(type.split(';')[0] ?? '')]);
  if (headers.get('accept-ranges') === 'none') known.push(['partial', 'False']);
  known.push(['url', repr(response.url)]);
  for (const field of ['Digest', 'Last-Modified']) {
    const value = headers.get(field);
    if (value !== null && value !== '') known.push([field, repr(value)]);
  }
  known.push(['type', repr('file')]);
  const text = `({${known.map(([key, value]) => `${repr(key)}: ${value}`).join(', ')}},)`;
  return BigInt(`0x${md5OfBytes(text)}`).toString();
}

/** Python's `repr` of a text without control characters. */
function repr(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\');
  if (escaped.includes("'") && !escaped.includes('"')) return `"${escaped}"`;
  return `'${escaped.replaceAll("'", "\\'")}'`;
}
