// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of this package: the checkout, or `node_modules/reprise`. This file runs from `infra/` and, compiled, from
 * `dist/infra/`, so the folder is found by its package.json.
 *
 * @returns {string}
 */
export function packageRoot() {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'reprise') return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the package.json of reprise is missing');
    folder = parent;
  }
}

/** A published package has its dependencies installed by the package manager of the project that uses it. */
export function isCheckout(root = packageRoot()) {
  return existsSync(join(root, 'package-lock.json')) && existsSync(join(root, 'tsconfig.json'));
}

/**
 * The folder of an installed package as the package at `root` would resolve it, or undefined.
 *
 * @param {string} name
 * @param {string} [root]
 */
export function installedPackage(name, root = packageRoot()) {
  for (const folder of createRequire(join(root, 'package.json')).resolve.paths(name) ?? []) {
    if (existsSync(join(folder, name, 'package.json'))) return join(folder, name);
  }
  return undefined;
}
