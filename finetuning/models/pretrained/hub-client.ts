import { HUB_URL, datasetInfo, listFiles, modelInfo } from '@huggingface/hub';
import { hubToken, isCommit, type Environment } from './hub-cache.js';
import { hubRefusal } from './hub-refusal.js';

/** A host that does not answer in this time is taken to be out of reach. Milliseconds. */
const ANSWER_WITHIN = 8_000;

/** A file that the hub offers, and how to know that it came whole. */
export interface OfferedFile {
  readonly path: string;
  readonly bytes: number;
  /** Absent: whoever asked for it judges it. */
  readonly digest: FileDigest | undefined;
}

/** Large files by their sha256, as Git LFS states it; small ones by the hash that git gives a blob. */
export interface FileDigest {
  readonly kind: 'sha256' | 'sha512' | 'git';
  /** It is also the name of the file's blob in the cache. */
  readonly hex: string;
}

/** What the hub keeps. */
export type RepositoryKind = 'model' | 'dataset';

/** The hub's answers about one model or data set, asked through Hugging Face's own client. */
export class HubClient {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(
    private readonly modelName: string,
    env: Environment,
    private readonly kind: RepositoryKind = 'model',
  ) {
    this.#url = (env.HF_ENDPOINT || HUB_URL).replace(/\/+$/, '');
    this.#token = hubToken(env);
  }

  /** A branch or tag → the commit that it is now. */
  async commitOf(revision: string): Promise<string> {
    if (isCommit(revision)) return revision;
    const about = {
      name: this.modelName,
      revision,
      additionalFields: ['sha' as const],
      ...this.#options,
    };
    const { sha } = this.kind === 'model' ? await modelInfo(about) : await datasetInfo(about);
    if (!isCommit(sha)) throw new Error(`the hub names no commit for ${revision}`);
    return sha;
  }

  /** Of the top folder, where models have their files; of a data set, all. */
  async files(commit: string): Promise<ReadonlyMap<string, OfferedFile & { readonly digest: FileDigest }>> {
    const files = new Map<string, OfferedFile & { readonly digest: FileDigest }>();
    const repo = { type: this.kind, name: this.modelName };
    for await (const { type, path, size, oid, lfs } of listFiles({
      repo,
      revision: commit,
      ...(this.kind === 'dataset' ? { recursive: true } : {}),
      ...this.#options,
    })) {
      if (type !== 'file') continue;
      const digest = lfs
        ? { kind: 'sha256' as const, hex: lfs.oid }
        : { kind: 'git' as const, hex: oid ?? '' };
      // It becomes a file's name.
      if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(digest.hex)) continue;
      files.set(path, { path, bytes: lfs?.size ?? size, digest });
    }
    return files;
  }

  /**
   * @param from the first byte that is wanted
   * @throws HubRefusal
   */
  async open(path: string, commit: string, from: number, signal: AbortSignal): Promise<Response> {
    const name = this.kind === 'model' ? this.modelName : `datasets/${this.modelName}`;
    const url = `${this.#url}/${name}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
    return this.#fetch(url, {
      signal,
      headers: {
        // Fetch drops this at a redirect to another host, such as the store that has large files.
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(from > 0 ? { range: `bytes=${from}-` } : {}),
        'accept-encoding': 'identity',
      },
    });
  }

  get #options(): { hubUrl: string; fetch: typeof fetch; accessToken?: string } {
    return {
      hubUrl: this.#url,
      fetch: this.#fetch,
      ...(this.#token === undefined ? {} : { accessToken: this.#token }),
    };
  }

  /** Bounds the wait for an answer's first byte, not the transfer after it; and turns refusals into sentences. */
  readonly #fetch: typeof fetch = async (input, init) => {
    const abort = new AbortController();
    const timer = setTimeout(
      () => abort.abort(new Error(`no answer in ${ANSWER_WITHIN / 1000} s`)),
      ANSWER_WITHIN,
    );
    const signal = init?.signal ? AbortSignal.any([abort.signal, init.signal]) : abort.signal;
    try {
      const response = await fetch(input, { ...init, signal });
      if (!response.ok)
        throw await hubRefusal(response, this.modelName, this.#url, this.#token !== undefined);
      return response;
    } finally {
      clearTimeout(timer);
    }
  };
}
