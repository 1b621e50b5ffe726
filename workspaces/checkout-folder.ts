import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fetchCommit } from './git/fetch-commit.js';

/** A run's private checkout of a commit. Every host that runs a stage of it has one of its own. */
export interface Checkout {
  readonly url: string;
  /** All 40 digits. */
  readonly commit: string;
  /** Temporal's id of the run, which nothing else has. */
  readonly run: string;
}

export function workspacesFolder(served: string): string {
  return join(served, '.reprise', 'workspaces');
}

function checkoutFolder(served: string, { run, commit }: Checkout): string {
  return join(workspacesFolder(served), `${run}-${commit.slice(0, 12)}`);
}

/**
 * Makes the checkout unless this host has it already. Stages of one run that begin side by side may all call this.
 *
 * @param served folder that the worker serves; the checkouts share one DVC cache in it
 * @returns the checkout's folder
 * @throws DiagnosticError `git-failed`
 */
export async function openCheckout(
  served: string,
  checkout: Checkout,
  signal?: AbortSignal,
): Promise<string> {
  const folder = checkoutFolder(served, checkout);
  if (!existsSync(folder)) {
    await mkdir(workspacesFolder(served), { recursive: true });
    const beside = join(workspacesFolder(served), halfMadeName());
    await fetchCommit(checkout.url, checkout.commit, beside, signal);
    await writeFile(join(beside, '.git', RECORD), JSON.stringify(checkout));
    await rename(beside, folder).catch(async (error: NodeJS.ErrnoException) => {
      // Another stage of this run was quicker.
      await rm(beside, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    });
  }
  await utimes(folder, new Date(), new Date());
  return folder;
}

function halfMadeName(): string {
  return `.${process.pid}-${randomBytes(8).toString('hex')}`;
}

/** Whether a process of this host is making it still. Clocks say nothing of that: they are set. */
export function isBeingMade(name: string): boolean {
  const pid = /^\.(\d+)-/.exec(name)?.[1];
  if (pid === undefined) return false;
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What a checkout is of, kept where neither git nor DVC looks. */
const RECORD = 'reprise-run.json';

/** @returns undefined when the folder is no checkout of ours */
export async function readCheckout(folder: string): Promise<Checkout | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, '.git', RECORD), 'utf8')) as Checkout;
  } catch {
    return undefined;
  }
}

/**
 * Lets all checkouts of a host share one DVC cache, unless the project's own configuration names one. `config.local` is not
 * for git.
 *
 * @param root of the DVC project in the checkout
 */
export async function shareCache(served: string, root: string): Promise<void> {
  const configured = await readFile(join(root, '.dvc/config'), 'utf8').catch(() => '');
  if (/^\s*\[\s*['"]?cache['"]?\s*\][^[]*^\s*dir\s*=/m.test(configured)) return;
  const file = join(root, '.dvc/config.local');
  if (existsSync(file)) return;
  // Whole or not at all: stages begin side by side, and disks fill up.
  const beside = `${file}.${randomBytes(8).toString('hex')}`;
  await writeFile(beside, `[cache]\n    dir = ${join(served, '.reprise', 'cache')}\n`);
  await rename(beside, file);
}
