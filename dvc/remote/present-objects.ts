import type { ObjectStore } from '../../storage/index.js';
import { mapConcurrently, type HashName } from '../state/index.js';
import type { Md5 } from '../types.js';
import { objectKey, objectsPrefix } from './object-key.js';

/** Up to so many, asking for each is quick enough not to look at the remote's size. */
const FEW = 32;
/** Objects lie in so many folders, evenly. */
const FOLDERS = 256;
/** A folder is listed so far, in pages, to estimate how many objects there are. */
const SAMPLE_PAGES = 4;

interface Options {
  readonly hashName: HashName;
  readonly jobs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Which of the objects a store has: by asking for each, by listing their folders, or by listing all, whichever takes the least
 * time by the number of requests. A remote with a million objects is not listed for a hundred, nor is each of a hundred thousand
 * asked for.
 */
export async function presentObjects(
  store: ObjectStore,
  hashes: readonly Md5[],
  options: Options,
): Promise<ReadonlySet<Md5>> {
  const { pageSize } = store;
  if (pageSize === undefined || hashes.length <= FEW) return askEach(store, hashes, options);
  const folders = [...new Set(hashes.map((md5) => md5.slice(0, 2)))];
  const sample = await countUpTo(
    store,
    `${objectsPrefix(options.hashName)}${folders[0]}/`,
    pageSize * SAMPLE_PAGES,
  );
  // Requests in a row: pages of one listing come one after another, all else side by side.
  const pages = Math.max(1, Math.ceil(sample / pageSize));
  const rounds = {
    each: hashes.length / options.jobs,
    folders: (folders.length * pages) / options.jobs,
    // What DVC 2.x stored lies beside everything else.
    all: options.hashName === 'md5' ? (sample * FOLDERS) / pageSize : Infinity,
  };
  if (rounds.each <= Math.min(rounds.folders, rounds.all)) return askEach(store, hashes, options);
  return list(
    store,
    rounds.all <= rounds.folders ? [''] : folders.map((folder) => `${folder}/`),
    hashes,
    options,
  );
}

async function askEach(
  store: ObjectStore,
  hashes: readonly Md5[],
  { hashName, jobs, signal }: Options,
): Promise<ReadonlySet<Md5>> {
  const present = new Set<Md5>();
  const ask = async (md5: Md5) => {
    signal?.throwIfAborted();
    if (await store.head(objectKey(md5, hashName))) present.add(md5);
  };
  await mapConcurrently(hashes, ask, jobs);
  return present;
}

async function list(
  store: ObjectStore,
  folders: readonly string[],
  hashes: readonly Md5[],
  { hashName, jobs, signal }: Options,
): Promise<ReadonlySet<Md5>> {
  const wanted = new Map(hashes.map((md5) => [objectKey(md5, hashName), md5]));
  const present = new Set<Md5>();
  const look = async (folder: string) => {
    for await (const { key } of store.list(objectsPrefix(hashName) + folder)) {
      signal?.throwIfAborted();
      const md5 = wanted.get(key);
      if (md5 !== undefined) present.add(md5);
    }
  };
  await mapConcurrently(folders, look, jobs);
  return present;
}

async function countUpTo(store: ObjectStore, prefix: string, most: number): Promise<number> {
  let count = 0;
  for await (const info of store.list(prefix)) if (info.key !== '' && ++count >= most) break;
  return count;
}
