import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Measurement } from './measurement.js';

/** Runs one side in a process of its own, whose last line is its measurement. */
export async function runSide<T = Measurement>(file: string, args: readonly string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(file, [...args], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}
