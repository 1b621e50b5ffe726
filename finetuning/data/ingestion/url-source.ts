import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants, copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { fetchFile } from '../../models/pretrained/fetch-file.js';
import { HubRefusal } from '../../models/pretrained/hub-refusal.js';
import type { OnProgress } from '../progress.js';
import { sha512Integrity } from './digest.js';
import { checkIntegrity } from './npm-source.js';
import { safeInside } from './safe-path.js';

export interface UrlSource {
  readonly url: string;
  readonly integrity: string | undefined;
  readonly cache: string;
  readonly log: (line: string) => void;
  readonly onProgress: OnProgress;
}

/**
 * Brings one file by http or https into `folder`. A transfer that broke, or was killed, goes on where it was; what came is
 * kept in the user's cache, and taken from there the next time.
 *
 * @throws DiagnosticError `integrity-missing`, `integrity-mismatch`, `download-failed`, `disk-full`
 */
export async function fetchUrl(source: UrlSource, folder: string): Promise<void> {
  const { url, integrity, cache, log, onProgress } = source;
  const { pathname } = new URL(url);
  const name = basename(decodeURIComponent(pathname)) || 'data';
  const key = createHash('sha256')
    .update(`${url}\n${integrity ?? ''}`)
    .digest('hex');
  const cached = join(cache, 'sources', 'url', key, name);
  if (!existsSync(cached) || (await sha512Integrity(cached)) !== integrity) {
    await mkdir(join(cache, 'sources', 'url', key), { recursive: true });
    log(`fetching ${url}`);
    await fetched(source, cached, integrity, onProgress, log);
    checkIntegrity(url, integrity, await sha512Integrity(cached));
  }
  await copyFile(cached, safeInside(folder, name, url), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}

async function fetched(
  { url }: UrlSource,
  target: string,
  integrity: string | undefined,
  onProgress: OnProgress,
  log: (line: string) => void,
): Promise<void> {
  try {
    const bytes = await sizeOf(url);
    const digest =
      integrity === undefined
        ? undefined
        : { kind: 'sha512' as const, hex: Buffer.from(integrity.slice(7), 'base64').toString('hex') };
    await fetchFile({
      file: { path: basename(target), bytes, digest },
      target,
      open: (from, signal) => ask(url, { signal, headers: from > 0 ? { range: `bytes=${from}-` } : {} }),
      onProgress: (step) => onProgress({ step, total: bytes, message: 'fetching, bytes' }),
      log,
    });
  } catch (cause) {
    if (cause instanceof DiagnosticError) throw cause;
    const { message } = cause as Error;
    if (message.includes('than was pinned'))
      throw new DiagnosticError('integrity-mismatch', {
        message: `${url} is not what was pinned`,
        at: { file: 'configs/data_config.yaml' },
        ...(integrity === undefined ? {} : { expected: integrity }),
        fix: 'correct ingestion.integrity, or find out who changed the file',
        cause,
      });
    const why = (cause as { cause?: { code?: string } }).cause?.code;
    throw new DiagnosticError('download-failed', {
      message: `${url} could not be fetched`,
      at: { file: 'configs/data_config.yaml' },
      found: why === undefined ? message : `${message} (${why})`,
      fix: 'check ingestion.source and the network, then run the command again: it goes on where it was',
      cause,
    });
  }
}

/** Bytes of the whole file. */
async function sizeOf(url: string): Promise<number> {
  const response = await ask(url, { method: 'HEAD' });
  const length = Number(response.headers.get('content-length') ?? NaN);
  if (Number.isSafeInteger(length)) return length;
  throw new Error('the server does not state how long the file is');
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, {
    ...init,
    headers: { ...(init.headers as Record<string, string>), 'accept-encoding': 'identity' },
  });
  if (!response.ok) throw new HubRefusal(`the server answered ${response.status}`, response.status);
  return response;
}
