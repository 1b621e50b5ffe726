import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { sha512Integrity } from './digest.js';

export interface NpmSource {
  /** `name@1.2.3` or `@scope/name@1.2.3`. */
  readonly spec: string;
  readonly integrity: string | undefined;
  /** npm runs here, so that the project's .npmrc counts. */
  readonly root: string;
  readonly cache: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/**
 * The package's tarball in the user's cache, checked against its pinned integrity. Fetched by the npm client, with its
 * registry, proxy and credentials; once fetched, no network is needed again.
 *
 * @returns its path and its integrity
 * @throws DiagnosticError `integrity-missing`, `integrity-mismatch`, `npm-missing`, `download-failed`
 */
export async function fetchNpmTarball(source: NpmSource): Promise<{ path: string; integrity: string }> {
  const folder = join(source.cache, 'sources', 'npm');
  const path = join(folder, `${source.spec.replace('/', '+')}.tgz`);
  if (existsSync(path)) {
    if ((await sha512Integrity(path)) === source.integrity) return { path, integrity: source.integrity };
    // Torn or altered in the cache, or the pin is new: what the registry sends decides.
    source.log(`the cached ${source.spec} does not have the pinned integrity; fetching it again`);
  }
  await mkdir(folder, { recursive: true });
  const temporary = await mkdtemp(join(folder, '.fetching-'));
  try {
    source.log(`fetching ${source.spec} with npm`);
    await npmPack(source, temporary);
    const fetched = join(temporary, await onlyTarball(temporary, source.spec));
    const integrity = await sha512Integrity(fetched);
    checkIntegrity(source.spec, source.integrity, integrity);
    await rename(fetched, path);
    return { path, integrity };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @throws DiagnosticError `integrity-missing`, `integrity-mismatch` */
export function checkIntegrity(what: string, pinned: string | undefined, found: string): void {
  if (pinned === found) return;
  if (pinned === undefined)
    throw new DiagnosticError('integrity-missing', {
      message: `${what} has no pinned integrity`,
      at: { file: 'configs/data_config.yaml' },
      found,
      fix: `if that is the package you mean, add under ingestion: integrity: ${found}`,
    });
  throw new DiagnosticError('integrity-mismatch', {
    message: `${what} is not what was pinned`,
    at: { file: 'configs/data_config.yaml' },
    expected: pinned,
    found,
    fix: 'correct ingestion.integrity, or find out who changed the package',
  });
}

async function npmPack({ spec, root, env }: NpmSource, destination: string): Promise<void> {
  const args = [
    'pack',
    '--ignore-scripts',
    '--loglevel=error',
    // Else npm takes the nearest folder above with a package.json for the project, and its .npmrc.
    `--prefix=${root}`,
    '--pack-destination',
    destination,
    '--',
    spec,
  ];
  try {
    await promisify(execFile)('npm', args, { cwd: root, env, maxBuffer: 16 * 1024 * 1024 });
  } catch (cause) {
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT')
      throw new DiagnosticError('npm-missing', {
        message: 'npm is not on the PATH, so that the package cannot be fetched',
        fix: 'install npm (it comes with Node), or use a path: source',
        cause,
      });
    const reason = npmReason(stderr);
    throw new DiagnosticError('download-failed', {
      message: `npm could not fetch ${spec}`,
      at: { file: 'configs/data_config.yaml' },
      ...(reason === '' ? {} : { found: reason }),
      fix: 'check ingestion.source, the network and `npm config get registry`, then run the command again',
      cause,
    });
  }
}

/** The lines that say why, without npm's stack traces and advice. */
function npmReason(stderr: string): string {
  return stderr
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => /^(404 +(Not Found|The requested)|code |FetchError|notarget|\w+ unable)/.test(line))
    .slice(0, 3)
    .join('; ');
}

async function onlyTarball(folder: string, spec: string): Promise<string> {
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball !== undefined) return tarball;
  throw new DiagnosticError('download-failed', {
    message: `npm made no tarball of ${spec}`,
    fix: 'check that `npm pack` works with this package',
  });
}
