import { constants, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { fetchFile } from '../../models/pretrained/fetch-file.js';
import { datasetFolder, hasBlob, linkSnapshot, type Environment } from '../../models/pretrained/hub-cache.js';
import { HubClient, type FileDigest, type OfferedFile } from '../../models/pretrained/hub-client.js';
import { HubRefusal } from '../../models/pretrained/hub-refusal.js';
import { matcher } from '../patterns.js';
import type { OnProgress } from '../progress.js';
import { safeInside } from './safe-path.js';

export interface HubSource {
  /** `<owner>/<name>@<revision>`; `main` where there is no revision. */
  readonly spec: string;
  readonly files: readonly string[] | undefined;
  readonly env: Environment;
  readonly log: (line: string) => void;
  readonly onProgress: OnProgress;
}

type Offered = OfferedFile & { readonly digest: FileDigest };

/** What data sets on the hub keep their rows in; the first of these that one has. */
const DATA = [/\.parquet$/, /\.(csv|tsv|jsonl)(\.gz)?$/, /\.json$/];

/**
 * Brings files of a data set on the Hugging Face hub into `folder`, through the Hugging Face cache, in the layout of Python's
 * library. Each is judged by the digest that the hub states, and a transfer goes on where it was cut off.
 *
 * @throws DiagnosticError `dataset-unavailable`, `file-not-in-source`, `path-escape`, `disk-full`
 */
export async function copyFromHub(source: HubSource, folder: string): Promise<void> {
  const [name = '', revision = 'main'] = source.spec.split('@');
  try {
    await bring(source, name, revision, folder);
  } catch (cause) {
    if (cause instanceof DiagnosticError) throw cause;
    const code = (cause as { cause?: { code?: string } }).cause?.code;
    throw new DiagnosticError('dataset-unavailable', {
      message: `the data set ${name} cannot be had: ${(cause as Error).message}${code === undefined ? '' : ` (${code})`}`,
      at: { file: 'configs/data_config.yaml' },
      fix:
        (cause instanceof HubRefusal ? cause.fix : undefined) ??
        'check ingestion.source, the network and HF_ENDPOINT, then run the command again',
      cause,
    });
  }
}

async function bring(
  { files, env, log, onProgress }: HubSource,
  name: string,
  revision: string,
  folder: string,
): Promise<void> {
  const hub = new HubClient(name, env, 'dataset');
  const commit = await hub.commitOf(revision);
  const wanted = chosen([...(await hub.files(commit)).values()], files, name);
  const cache = datasetFolder(env, name);
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const file of wanted) {
    const blob = join(cache, 'blobs', file.digest.hex);
    if (!hasBlob(blob, file.bytes)) {
      log(`fetching ${name}/${file.path} at ${commit.slice(0, 8)}`);
      await fetchFile({
        file,
        target: blob,
        open: (from, signal) => hub.open(file.path, commit, from, signal),
        onProgress: (bytes) => onProgress({ step: before + bytes, total, message: 'fetching, bytes' }),
        log,
      });
    }
    await linkSnapshot(blob, safeInside(join(cache, 'snapshots', commit), file.path, name));
    const target = safeInside(folder, file.path, name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(blob, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    before += file.bytes;
    onProgress({ step: before, total, message: 'fetching, bytes' });
  }
}

function chosen(offered: readonly Offered[], files: readonly string[] | undefined, name: string): Offered[] {
  const absent = (files ?? []).filter((pattern) => !offered.some(({ path }) => matcher([pattern])(path)));
  const named = files && matcher(files);
  const usual = DATA.map((kind) => offered.filter(({ path }) => kind.test(path)));
  const found = named
    ? offered.filter(({ path }) => named(path))
    : (usual.find((list) => list.length > 0) ?? []);
  if (absent.length === 0 && found.length > 0) return found;
  throw new DiagnosticError('file-not-in-source', {
    message: `the data set ${name} has no file ${absent.join(', ') || 'of rows: .parquet, .csv, .tsv, .jsonl, .json'}`,
    at: { file: 'configs/data_config.yaml' },
    expected: `one of ${offered
      .slice(0, 20)
      .map(({ path }) => path)
      .join(', ')}`,
    fix: 'correct ingestion.files',
  });
}
