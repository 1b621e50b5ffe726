import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { findPip, pipArguments, unzip } from '../../../infra/locate/index.js';
import { matcher } from '../patterns.js';
import type { OnProgress } from '../progress.js';
import { sha512Integrity } from './digest.js';
import { checkIntegrity } from './npm-source.js';
import { safeInside } from './safe-path.js';

export interface WheelSource {
  /** Its file name on the index, which states for which Python and host it is: none of them has to be this one. */
  readonly wheel: string;
  readonly integrity: string | undefined;
  readonly cache: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/**
 * A wheel in the user's cache, checked against its pinned integrity. Fetched by the user's pip, with its index, proxy and
 * certificates, and never installed; once fetched, no network is needed again.
 *
 * @returns its path
 * @throws DiagnosticError `integrity-missing`, `integrity-mismatch`, `pip-missing`, `download-failed`
 */
export async function fetchWheel(source: WheelSource): Promise<string> {
  const { wheel, integrity, cache, log } = source;
  const folder = join(cache, 'sources', 'pypi');
  const path = join(folder, wheel);
  if (existsSync(path)) {
    if ((await sha512Integrity(path)) === integrity) return path;
    log(`the cached ${wheel} does not have the pinned integrity; fetching it again`);
  }
  await mkdir(folder, { recursive: true });
  const temporary = await mkdtemp(join(folder, '.fetching-'));
  try {
    log(`fetching ${wheel} with pip`);
    await pipDownload(source, temporary);
    const fetched = join(temporary, wheel);
    if (!existsSync(fetched)) throw failed(wheel, 'the index has no file of this name');
    checkIntegrity(wheel, integrity, await sha512Integrity(fetched));
    await rename(fetched, path);
    return path;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function pipDownload({ wheel, env }: WheelSource, folder: string): Promise<void> {
  const pip = await findPip(env);
  if (!pip)
    throw new DiagnosticError('pip-missing', {
      message: 'there is no pip, so that the wheel cannot be fetched',
      fix: 'install Python with pip, or use another source',
    });
  const [program, ...args] = pip.command;
  const wanted = pipArguments({ file: wheel, sha256: '', bytes: 0 });
  const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries=2', '--dest', folder];
  try {
    await promisify(execFile)(program, [...args, 'download', ...options, ...wanted], {
      env,
      maxBuffer: 16 * 1024 * 1024,
    });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    const reason = stderr
      .split('\n')
      .filter((line) => line.startsWith('ERROR'))
      .map((line) => line.replace('ERROR: ', ''))
      .at(-1);
    throw failed(wheel, reason ?? stderr.trim().split('\n').at(-1) ?? '', cause);
  }
}

function failed(wheel: string, found: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError('download-failed', {
    message: `pip could not fetch ${wheel}`,
    at: { file: 'configs/data_config.yaml' },
    ...(found === '' ? {} : { found }),
    fix: 'check ingestion.source, the network and `pip config list`, then run the command again',
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Takes files out of a wheel into `folder`.
 *
 * @param files which to take, by path or pattern; undefined takes all
 * @throws DiagnosticError `file-not-in-source`, `path-escape`
 */
export async function extractWheel(
  wheel: string,
  files: readonly string[] | undefined,
  folder: string,
  onProgress: OnProgress,
): Promise<void> {
  const wanted = files && matcher(files);
  const taken = new Set<string>();
  const place = (name: string): string | undefined => {
    if (wanted && !wanted(name)) return undefined;
    taken.add(name);
    return safeInside(folder, name, wheel);
  };
  await unzip(wheel, place, (bytes) => onProgress({ step: bytes, message: 'extracting, bytes' }));
  const absent = (files ?? []).filter((pattern) => ![...taken].some(matcher([pattern])));
  if (absent.length === 0) return;
  throw new DiagnosticError('file-not-in-source', {
    message: `the wheel has no file ${absent.join(', ')}`,
    at: { file: 'configs/data_config.yaml' },
    fix: `correct ingestion.files; \`unzip -l\` lists what a wheel has`,
  });
}
