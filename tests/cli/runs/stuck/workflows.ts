/** Workflows whose every task fails: to the SDK, an error that is no failure is a mistake of the code. */
export function reproduce(): Promise<never> {
  return Promise.reject(new TypeError('never'));
}

export const sweep = reproduce;
