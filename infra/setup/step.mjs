// @ts-check

/**
 * What every step is given.
 * @typedef {object} Context
 * @property {string} root the package's folder
 * @property {string} cache the user's cache folder
 * @property {NodeJS.ProcessEnv} env
 */

/**
 * One part of the set-up.
 * @typedef {object} Step
 * @property {string} name
 * @property {(context: Context) => Promise<string | undefined>} find in milliseconds: what is there already, in words; undefined when there is work to do
 * @property {(context: Context) => Promise<void>} check throws a SetupFailure when a tool that the work needs is missing; costs no network
 * @property {(context: Context, progress: (progress: import('./report.mjs').Progress) => void) => Promise<string>} make does the work; can be interrupted anywhere and begun again
 */

export {};
