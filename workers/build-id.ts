import { existsSync, readFileSync } from 'node:fs';

const DIGEST_LENGTH = 12;

/**
 * Names what this worker runs: the package's version, and the digest of the workflows that the build wrote into the first line
 * of their bundle.
 *
 * @param codePath the bundle
 */
export function buildIdOf(codePath: string): string {
  const digest = /^\/\/ ([\da-f]{64})$/m.exec(readFileSync(codePath, 'utf8').slice(0, 100))?.[1] ?? '';
  return [version(), digest.slice(0, DIGEST_LENGTH)].filter((part) => part !== '').join('-');
}

function version(): string {
  // Beside `workers/` when the sources run, one folder further up from `dist/workers/`.
  const files = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  const file = files.find((url) => existsSync(url));
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : '';
}
