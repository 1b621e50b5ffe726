import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { packageRoot } from '../../../infra/locate/index.js';
import { closureOf, type LockedPackage, type LockedPackages } from './locked-packages.js';
import { placeFile } from './place-file.js';

const NAME = 'reprise';
const PACKAGES = 'packages';

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: LockedPackages;
}

interface Found {
  readonly lock: Lock;
  /** Of this package in the lock; '' is the lock's own. */
  readonly path: string;
  /** Of the lock. */
  readonly folder: string;
}

/**
 * Writes package.json and package-lock.json, of this package and all that it needs, at the versions that are installed here.
 *
 * @throws DiagnosticError `no-lock`, `not-packed`
 */
export async function placePackages(context: string, log: (line: string) => void): Promise<void> {
  const { lock, path, folder } = await findLock();
  const entry = lock.packages[path] as LockedPackage;
  const own = await placeOwn(context, entry, path === '' ? undefined : folder, log);
  const spec = own.resolved?.startsWith('file:') ? own.resolved : (own.version as string);
  const manifest = { name: 'served-model', version: '0.0.0', private: true, dependencies: { [NAME]: spec } };
  const packages = {
    '': manifest,
    [`node_modules/${NAME}`]: own,
    ...closureOf(lock.packages, path),
  };
  await writeJson(join(context, 'package.json'), manifest);
  const { name, version } = manifest;
  const { lockfileVersion } = lock;
  await writeJson(join(context, 'package-lock.json'), {
    name,
    version,
    lockfileVersion,
    requires: true,
    packages,
  });
}

/** The lock of the project that this package is installed in, or of this checkout. */
async function findLock(): Promise<Found> {
  const root = packageRoot();
  for (let folder = root; ; folder = dirname(folder)) {
    const file = join(folder, 'package-lock.json');
    if (existsSync(file)) {
      const lock = JSON.parse(await readFile(file, 'utf8')) as Lock;
      const path = relative(folder, root);
      if (lock.packages[path]) return { lock, path, folder };
    }
    if (dirname(folder) === folder) break;
  }
  throw new DiagnosticError('no-lock', {
    message: `no package-lock.json says which packages ${NAME} was installed with`,
    expected: `one in a folder above ${root}`,
    fix: `install it with npm, which writes one: npm install ${NAME}`,
  });
}

/** This package, from the registry if it came from there, else as an archive beside the lock. */
async function placeOwn(
  context: string,
  entry: LockedPackage,
  installedIn: string | undefined,
  log: (line: string) => void,
): Promise<LockedPackage> {
  if (installedIn !== undefined) {
    if (!entry.resolved?.startsWith('file:')) return entry;
    const archive = resolve(installedIn, entry.resolved.slice('file:'.length));
    const place = `${PACKAGES}/${basename(archive)}`;
    await placeFile(archive, join(context, place));
    return { ...entry, resolved: `file:${place}` };
  }
  log('packing this checkout');
  await mkdir(join(context, PACKAGES), { recursive: true });
  const { filename, integrity } = await pack(join(context, PACKAGES));
  const { version, bin, dependencies, optionalDependencies, engines } = entry;
  return {
    version: version as string,
    resolved: `file:${PACKAGES}/${filename}`,
    integrity,
    ...{ bin, dependencies, optionalDependencies, engines },
  } as LockedPackage;
}

async function pack(destination: string): Promise<{ filename: string; integrity: string }> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  try {
    const { stdout } = await promisify(execFile)('npm', args, { cwd: packageRoot() });
    const [packed] = JSON.parse(stdout) as { filename: string; integrity: string }[];
    return packed as NonNullable<typeof packed>;
  } catch (cause) {
    throw new DiagnosticError('not-packed', {
      message: `npm could not pack ${packageRoot()}: ${(cause as Error).message.split('\n')[0] ?? ''}`,
      fix: 'see what it says: npm pack --dry-run',
      cause,
    });
  }
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
