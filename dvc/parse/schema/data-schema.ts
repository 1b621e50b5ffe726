import {
  anyMapping,
  anything,
  either,
  flag,
  integer,
  listOf,
  mappingOf,
  record,
  text,
  type Schema,
} from './schema.js';

/** A digest may look like a number when no quotes are around it. */
const digest: Schema = (value, path, file) => {
  if (typeof value !== 'number' && typeof value !== 'bigint')
    either({ text, null: anything })(value, path, file);
};

const hashes = { md5: digest, checksum: digest, etag: digest };
const sizes = { size: integer, nfiles: integer, isexec: flag, version_id: text };
const cloud = mappingOf(record({ ...sizes, ...hashes }));
const files = listOf(record({ ...hashes, ...sizes, relpath: text, cloud }, ['relpath']));
const data = {
  ...hashes,
  ...sizes,
  path: text,
  persist: flag,
  cloud,
  hash: text,
  files,
  fs_config: anyMapping,
};

const repository = record(
  {
    url: text,
    rev: text,
    rev_lock: text,
    config: either({ text, mapping: anyMapping }),
    remote: either({ text, mapping: anyMapping }),
  },
  ['url'],
);

const dependency = record({ ...data, repo: repository, db: anyMapping });

const output = record(
  {
    ...data,
    desc: text,
    type: text,
    labels: listOf(text),
    meta: anything,
    cache: flag,
    remote: text,
    push: flag,
  },
  ['path'],
);

/** A `.dvc` file. */
export const dataSchema = record({
  md5: digest,
  wdir: either({ text, null: anything }),
  deps: either({ list: listOf(dependency), null: anything }),
  outs: either({ list: listOf(output), null: anything }),
  locked: flag,
  frozen: flag,
  meta: anything,
  always_changed: flag,
  desc: text,
});
