// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The holder touches its lock this often; one untouched for `ABANDONED` is taken over. Milliseconds. */
const TOUCH_EVERY = 5_000;
const ABANDONED = 60_000;

/**
 * Runs `body` while this process alone holds the lock file. One whose holder has died, or left it untouched, is taken over.
 *
 * @template T
 * @param {string} file
 * @param {(holder: { pid: number, host: string }) => void} onWait called once when somebody else holds it
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(file, onWait, body) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  for (let told = false; !tryCreate(file, mine);) {
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (isStale(file, holder)) {
      takeAway(file, holder.text);
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    await sleep(250);
  }
  const release = () => {
    if (readHolder(file)?.text === mine) rmSync(file, { force: true });
  };
  const touching = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Taken over by somebody who thought this process dead; the work itself is safe to do twice.
    }
  }, TOUCH_EVERY);
  process.once('exit', release);
  try {
    return await body();
  } finally {
    clearInterval(touching);
    process.removeListener('exit', release);
    release();
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
function tryCreate(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function readHolder(file) {
  try {
    const text = readFileSync(file, 'utf8');
    const { pid, host } = text ? JSON.parse(text) : { pid: 0, host: '' };
    return { pid: Number(pid), host: String(host), text };
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    return { pid: 0, host: '', text: '' };
  }
}

/**
 * @param {string} file
 * @param {{ pid: number, host: string }} holder
 */
function isStale(file, holder) {
  const untouched = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (untouched > ABANDONED) return true;
  // Just created and not written yet, or torn by a full disk.
  if (holder.pid === 0) return untouched > 2_000;
  return holder.host === hostname() && !isAlive(holder.pid);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Moves the stale lock aside before deleting it: of two that find it stale, only one can move it. Should the file have
 * changed hands in between, it is put back.
 *
 * @param {string} file
 * @param {string} text what the stale lock held
 */
function takeAway(file, text) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readHolder(aside)?.text !== text) {
    try {
      writeFileSync(file, readFileSync(aside), { flag: 'wx' });
    } catch {
      // Somebody else holds it again.
    }
  }
  rmSync(aside, { force: true });
}
