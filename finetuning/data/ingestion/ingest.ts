import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { projectLayout, type IngestionConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { partialPath } from '../partial.js';
import { explained } from '../disk-full.js';
import type { OnProgress } from '../progress.js';
import { cacheFolder } from './cache-folder.js';
import { extractPackage } from './extract.js';
import { fetchNpmTarball } from './npm-source.js';
import { copyFromPath } from './path-source.js';
import {
  changedFiles,
  describeFiles,
  readProvenance,
  writeProvenance,
  type Provenance,
} from './provenance.js';
import type { OpenBucket } from './open-bucket.js';
import { replaceFolder } from './replace-folder.js';
import { extractWheel, fetchWheel } from './wheel-source.js';

export interface IngestOptions {
  readonly root: string;
  readonly config: IngestionConfig;
  /** Replace raw data that we did not bring, or that was altered since. */
  readonly force?: boolean;
  /** Where downloads are kept; by default the user's cache folder. */
  readonly cache?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Opens a bucket, where the source is one. */
  readonly openBucket?: OpenBucket;
  readonly onProgress?: OnProgress;
  readonly log?: (line: string) => void;
}

export interface IngestResult {
  /** False where data/raw already was what the config asks for. */
  readonly changed: boolean;
  readonly provenance: Provenance;
}

/**
 * Brings the source's files to data/raw with a provenance.json beside them. Once there they are never written again:
 * another source replaces the folder as a whole, and only if its files are still those that were brought.
 *
 * @throws DiagnosticError `raw-data-present` and those of the sources
 */
export async function ingest(options: IngestOptions): Promise<IngestResult> {
  const { root, config, force = false } = options;
  const target = join(root, projectLayout.raw);
  const fresh = partialPath(target);
  const request = requestOf(config);
  const current = await readProvenance(target);
  const altered = current ? await changedFiles(target, current) : await entries(target);
  if (current && altered.length === 0 && sameRequest(current, request) && isPinned(config))
    return { changed: false, provenance: current };
  if (altered.length > 0 && !force) throw present(altered, current !== undefined);

  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    await bring(options, fresh);
    const provenance = { ...request, files: await describeFiles(fresh) };
    if (current && altered.length === 0 && isDeepStrictEqual(current, provenance))
      return { changed: false, provenance };
    await writeProvenance(fresh, provenance);
    await replaceFolder(fresh, target);
    return { changed: true, provenance };
  } catch (cause) {
    throw explained(cause, projectLayout.raw);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function bring(options: IngestOptions, folder: string): Promise<void> {
  const { root, config, env = process.env, onProgress = () => {}, log = () => {} } = options;
  const { integrity, files } = config;
  const colon = config.source.indexOf(':');
  const [kind, rest] = [config.source.slice(0, colon), config.source.slice(colon + 1)];
  if (kind === 'path') return copyFromPath({ root, path: rest, files, integrity }, folder, onProgress);
  const cache = options.cache ?? cacheFolder(env);
  if (kind === 'pypi') {
    const wheel = await fetchWheel({ wheel: rest, integrity, cache, env, log });
    return extractWheel(wheel, files, folder, onProgress);
  }
  if (kind === 'http' || kind === 'https') {
    const { fetchUrl } = await import('./url-source.js');
    return fetchUrl({ url: config.source, integrity, cache, log, onProgress }, folder);
  }
  if (kind === 's3') {
    const { copyFromS3 } = await import('./s3-source.js');
    return copyFromS3({ url: config.source, files, cache, open: options.openBucket, onProgress }, folder);
  }
  if (kind === 'hf') {
    const { copyFromHub } = await import('./hub-source.js');
    return copyFromHub({ spec: rest, files, env, log, onProgress }, folder);
  }
  const tarball = await fetchNpmTarball({ spec: rest, integrity, root, cache, env, log });
  return extractPackage(tarball.path, files, folder, onProgress);
}

/** The same source is the same bytes: nothing has to be asked. */
function isPinned({ source }: IngestionConfig): boolean {
  return /^(npm|pypi|https?):|^hf:.*@[0-9a-f]{40}$/.test(source);
}

type Request = Omit<Provenance, 'files'>;

function requestOf(config: IngestionConfig): Request {
  return {
    source: config.source,
    ...(config.integrity === undefined ? {} : { integrity: config.integrity }),
    ...(config.files === undefined ? {} : { selection: config.files }),
  };
}

function sameRequest(current: Provenance, request: Request): boolean {
  const { files: _files, ...was } = current;
  return isDeepStrictEqual(was, request);
}

async function entries(folder: string): Promise<string[]> {
  return existsSync(folder) ? (await readdir(folder)).sort() : [];
}

function present(files: readonly string[], ours: boolean): DiagnosticError {
  const named = `${files.slice(0, 5).join(', ')}${files.length > 5 ? ` and ${files.length - 5} more` : ''}`;
  return new DiagnosticError('raw-data-present', {
    message: ours
      ? `${projectLayout.raw} was changed since it was brought here: ${named}`
      : `${projectLayout.raw} already holds files that were not brought by this command: ${named}`,
    at: { file: projectLayout.raw },
    fix: 'move them away, or replace them with --force',
  });
}
