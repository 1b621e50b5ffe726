// @ts-check
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * @param {string} link
 * @param {string} target
 */
export function isLinked(link, target) {
  try {
    return lstatSync(link).isSymbolicLink() && readlinkSync(link) === target && existsSync(link);
  } catch {
    return false;
  }
}

/**
 * Makes `link` point to `target`, in place of whatever stands there, without a moment in which it is missing when it
 * was a link before.
 *
 * @param {string} link
 * @param {string} target
 */
export async function makeLink(link, target) {
  if (isLinked(link, target)) return;
  await mkdir(dirname(link), { recursive: true });
  const beside = `${link}.${process.pid}.part`;
  await rm(beside, { force: true });
  await symlink(target, beside);
  if (lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) await rm(link, { recursive: true });
  await rename(beside, link);
}
