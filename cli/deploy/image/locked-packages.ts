import { posix } from 'node:path';

/** An entry of a package-lock.json. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

/** By path from the lock's folder: `node_modules/a/node_modules/b`. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/**
 * The packages that one of a lock needs to run, at their places: what it depends on, and what these do.
 *
 * @param start the path of the one: '' is the lock's own package
 * @returns without `start` itself
 */
export function closureOf(locked: LockedPackages, start: string): LockedPackages {
  const found = new Map<string, LockedPackage>();
  const look = (path: string): void => {
    const { dependencies, optionalDependencies, peerDependencies } = locked[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const place = resolved(locked, path, name);
      // Optional ones may be missing.
      if (place === undefined || place === start || found.has(place)) continue;
      const { dev: _dev, devOptional: _either, ...entry } = locked[place] as LockedPackage;
      found.set(place, entry);
      look(place);
    }
  };
  look(start);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where Node would find a package: in the nearest `node_modules`, from the one that asks outwards. */
function resolved(locked: LockedPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const place = posix.join(folder, 'node_modules', name);
    if (posix.basename(folder) !== 'node_modules' && place in locked) return place;
    if (folder === '' || folder === '.') return undefined;
  }
}
