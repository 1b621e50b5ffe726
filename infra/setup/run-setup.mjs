// @ts-check
import { join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { packagesStep } from './packages.mjs';
import { temporalStep } from './temporal.mjs';
import { tensorflowStep } from './tensorflow.mjs';

/** @typedef {import('./step.mjs').Step} Step */
/** @typedef {import('./step.mjs').Context} Context */
/** @typedef {import('./report.mjs').Report} Report */

/** In the order in which they must be begun; those after the first are done side by side. */
export const STEPS = [packagesStep, temporalStep, tensorflowStep];

/**
 * Does what is left to do of the steps. Missing tools are reported for all steps before the first byte is fetched.
 *
 * @param {Context} context
 * @param {Report} report
 * @param {readonly string[]} names
 * @returns {Promise<boolean>} whether all is there now
 */
export async function runSetup(context, report, names) {
  const steps = STEPS.filter(({ name }) => names.includes(name));
  const state = { ok: true };
  if ((await findMissing(steps, context, report, state)).length === 0) return state.ok;
  await withLock(
    join(context.cache, 'setup.lock'),
    ({ pid, host }) => report.note(`another set-up is at work (process ${pid} on ${host}); waiting for it`),
    async () => {
      const missing = await findMissing(steps, context, undefined, { ok: true });
      for (const step of missing) await guarded(step, report, state, () => step.check(context));
      if (!state.ok) return;
      const [first] = missing;
      if (first === packagesStep) await make(first, context, report, state);
      if (!state.ok) return;
      await Promise.all(
        missing.filter((step) => step !== packagesStep).map((step) => make(step, context, report, state)),
      );
    },
  );
  return state.ok;
}

/**
 * The steps with work to do.
 *
 * @param {readonly Step[]} steps
 * @param {Context} context
 * @param {Report | undefined} report
 * @param {{ ok: boolean }} state
 * @returns {Promise<Step[]>}
 */
async function findMissing(steps, context, report, state) {
  /** @type {Step[]} */
  const missing = [];
  for (const step of steps) {
    await guarded(step, report, state, async () => {
      const found = await step.find(context);
      if (found === undefined) missing.push(step);
      else report?.finished(step.name, { message: found, seconds: 0, already: true });
    });
  }
  return missing;
}

/**
 * @param {Step} step
 * @param {Context} context
 * @param {Report} report
 * @param {{ ok: boolean }} state
 */
async function make(step, context, report, state) {
  await guarded(step, report, state, async () => {
    const since = Date.now();
    report.started(step.name, 'at work');
    const message = await step.make(context, (progress) => report.progress(step.name, progress));
    report.finished(step.name, { message, seconds: (Date.now() - since) / 1000, already: false });
  });
}

/**
 * Reports a failure that a person can mend; a full disk is one wherever it comes up.
 *
 * @param {Step} step
 * @param {Report | undefined} report
 * @param {{ ok: boolean }} state
 * @param {() => Promise<void>} body
 */
async function guarded(step, report, state, body) {
  try {
    await body();
  } catch (error) {
    const failure = asFailure(error);
    if (!failure) throw error;
    state.ok = false;
    report?.failed(step.name, failure);
  }
}

/**
 * @param {unknown} error
 * @returns {SetupFailure | undefined}
 */
function asFailure(error) {
  if (error instanceof SetupFailure) return error;
  const { code, path, message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SetupFailure(
      'disk-full',
      `the disk is full (${path ?? message})`,
      'free some space, or set REPRISE_CACHE_DIR to a folder on a larger disk',
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SetupFailure(
      'not-writable',
      `${path ?? message} cannot be written`,
      'make it writable, or set REPRISE_CACHE_DIR to a folder that is',
    );
  }
  return undefined;
}
