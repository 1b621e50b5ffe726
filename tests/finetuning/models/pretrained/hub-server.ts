import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Repository {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly commit: string;
  /** Who may read it: everyone, one token, or one token that was also given access. */
  readonly access?: 'private' | 'gated';
}

export const TOKEN = 'hf_reader';

/** Files of this size and more are where the hub keeps large ones: behind a redirect to another host. */
const LARGE = 10_000;

/** The hub's API over repositories in memory, in the hub's own answers and error headers, and its store of large files. */
export class HubServer {
  readonly repositories = new Map<string, Repository>();
  /** `path` and, where one was asked for, `path from byte`. */
  readonly requests: string[] = [];
  readonly tokens = new Set<string | undefined>();
  /** What the store of large files saw of the token. */
  readonly storeTokens = new Set<string | undefined>();
  /** Each transfer of such a file ends after so many bytes, once for each number. */
  readonly breaks = new Map<string, number[]>();
  /** After so many bytes of such a file nothing more comes, though the connection stays; once. */
  readonly holds = new Map<string, number>();
  /** Bytes that are sent in place of a file's own. */
  readonly forged = new Map<string, Buffer>();
  /** Answers with this status in place of the next files. */
  readonly failures: number[] = [];
  honoursRanges = true;
  readonly #hub: Server;
  readonly #store: Server;

  constructor() {
    this.#hub = createServer((request, response) => this.#answer(request, response));
    this.#store = createServer((request, response) => {
      this.storeTokens.add(request.headers.authorization);
      const [repository = '', name = ''] = decodeURIComponent(request.url ?? '')
        .slice(1)
        .split('|');
      this.#send(request, response, repository, name);
    });
  }

  async start(): Promise<string> {
    for (const server of [this.#hub, this.#store])
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return addressOf(this.#hub);
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] as string);
    this.requests.push(path + (request.headers.range ? ` ${request.headers.range}` : ''));
    this.tokens.add(request.headers.authorization);
    const json = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value)); // prettier-ignore
    };
    const refuse = (status: number, code: string, error: string): void =>
      json(status, { error }, { 'x-error-code': code, 'x-error-message': error });
    const found = /^(?:\/api\/(?:models|datasets)|\/datasets)?\/([^/]+\/[^/]+|[^/]+)\/(revision|tree|resolve)\/([^/]+)(?:\/(.+))?$/.exec(path); // prettier-ignore
    const [, repository = '', what = '', revision = '', name = ''] = found ?? [];
    const known = this.repositories.get(repository);
    const mayRead = request.headers.authorization === `Bearer ${TOKEN}`;
    // As the hub does: whoever may not know of a model is told that he is not logged in.
    if (!known || (known.access === 'private' && !mayRead))
      return refuse(request.headers.authorization ? 404 : 401, 'RepoNotFound', 'Repository not found');
    if (revision !== 'main' && revision !== known.commit)
      return refuse(404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    if (what === 'revision')
      return json(200, { _id: '1', id: repository, private: false, gated: known.access === 'gated' ? 'auto' : false, likes: 0, downloads: 0, lastModified: '2026-01-01T00:00:00Z', sha: known.commit }); // prettier-ignore
    if (what === 'tree') return json(200, Object.entries(known.files).map(([name, bytes]) => entryOf(name, bytes))); // prettier-ignore
    if (known.access === 'gated' && !mayRead)
      return refuse(request.headers.authorization ? 403 : 401, 'GatedRepo', `Access to model ${repository} is restricted`); // prettier-ignore
    const bytes = known.files[name];
    if (!bytes) return refuse(404, 'EntryNotFound', 'Entry not found');
    const failure = this.failures.shift();
    if (failure !== undefined) return json(failure, { error: 'try later' });
    if (bytes.length >= LARGE)
      response.writeHead(302, { location: `${addressOf(this.#store)}/${encodeURIComponent(`${repository}|${name}`)}` }).end(); // prettier-ignore
    else this.#send(request, response, repository, name);
  }

  #send(request: IncomingMessage, response: ServerResponse, repository: string, name: string): void {
    const bytes = this.forged.get(name) ?? (this.repositories.get(repository)?.files[name] as Buffer);
    const range = this.honoursRanges ? /bytes=(\d+)-/.exec(request.headers.range ?? '') : null;
    const start = range ? Number(range[1]) : 0;
    response.writeHead(range ? 206 : 200, {
      'content-length': bytes.length - start,
      ...(range ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (request.method === 'HEAD') return void response.end();
    const part = bytes.subarray(start);
    const holdsAt = this.holds.get(name);
    if (holdsAt !== undefined) {
      this.holds.delete(name);
      response.write(part.subarray(0, holdsAt));
      return;
    }
    const breaksAt = this.breaks.get(name)?.shift();
    if (breaksAt === undefined) response.end(part);
    else response.write(part.subarray(0, breaksAt), () => response.destroy());
  }
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The hash by which git knows a file of these bytes. */
export function gitHash(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function entryOf(path: string, bytes: Buffer): object {
  if (bytes.length < LARGE) return { type: 'file', path, size: bytes.length, oid: gitHash(bytes) };
  const pointer = Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(bytes)}\nsize ${bytes.length}\n`); // prettier-ignore
  const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: pointer.length };
  return { type: 'file', path, size: bytes.length, oid: gitHash(pointer), lfs };
}
