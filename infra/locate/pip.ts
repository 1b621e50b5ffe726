import { findPip as find } from '../setup/python.mjs';

export interface Pip {
  /** The words that run pip: `['/usr/bin/python3', '-m', 'pip']`. */
  readonly command: readonly [string, ...string[]];
  readonly version: string;
}

/** This host's pip, which fetches wheels through the index and the proxy that the user has configured. */
export async function findPip(env: NodeJS.ProcessEnv = process.env): Promise<Pip | undefined> {
  return await find(env);
}
