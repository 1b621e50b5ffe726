// @ts-check
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Short, since a socket's path has at most 108 characters, 104 on macOS, where the temporary folder's own takes half. */
const PREFIX = 'rt-';
/** Says in a root which process it is of. */
const OWNER = 'owner.json';

/**
 * A folder for whatever a run of the tests puts into the temporary folder, by itself or by what it starts: removed as one,
 * so that no rig needs to. What runs that were killed have left goes, too.
 *
 * @param {string} [parent]
 * @returns {string}
 */
export function makeTemporaryRoot(parent = tmpdir()) {
  removeAbandonedRoots(parent);
  const root = mkdtempSync(join(parent, PREFIX));
  writeFileSync(join(root, OWNER), JSON.stringify({ pid: process.pid, host: hostname() }));
  return root;
}

/**
 * Only what this process has made. With `keep`, it becomes the user's, who removes it.
 *
 * @param {string} root
 * @param {{ keep: boolean }} options
 */
export function removeTemporaryRoot(root, { keep }) {
  const owner = readOwner(root);
  if (owner?.pid !== process.pid || owner.host !== hostname()) return;
  if (keep) rmSync(join(root, OWNER));
  else remove(root);
}

/**
 * Removes the roots of processes of this host that are no more.
 *
 * @param {string} [parent]
 */
export function removeAbandonedRoots(parent = tmpdir()) {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const owner = readOwner(join(parent, name));
    if (owner?.host === hostname() && !lives(owner.pid)) remove(join(parent, name));
  }
}

/**
 * Undefined where there is none: it is just being made, or was kept, or is not of ours.
 *
 * @param {string} root
 * @returns {{ pid: number, host: string } | undefined}
 */
function readOwner(root) {
  try {
    const { pid, host } = JSON.parse(readFileSync(join(root, OWNER), 'utf8'));
    return Number.isInteger(pid) && typeof host === 'string' ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function lives(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not permitted: it is somebody else's.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * The owner's name goes last: what could not be removed now, since a process that a test has left still writes, the next
 * run removes.
 *
 * @param {string} root
 */
function remove(root) {
  try {
    for (const name of readdirSync(root)) {
      if (name !== OWNER) rmSync(join(root, name), { recursive: true, force: true, maxRetries: 5 });
    }
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    console.error(`${root} is left: ${/** @type {Error} */ (error).message}`);
  }
}
