import { setTimeout as sleep } from 'node:timers/promises';
import { readLog as readPart } from '../runner/index.js';
import type { LogPart, ReadLogOptions } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

const LOOK_MS = 250;

/** A part of what a stage printed on this host. Waits for something new, when it is told to. */
export async function readLog(
  deps: Pick<ActivityDependencies, 'root'>,
  input: ReadLogOptions,
): Promise<LogPart> {
  const { run, stage: address, offset, limit } = input;
  const deadline = Date.now() + input.wait * 1000;
  for (;;) {
    const part = await readPart({ root: deps.root, run, address, offset, limit });
    if ((part && part.text !== '') || Date.now() >= deadline) {
      return part ? { found: true, ...part } : { found: false, text: '', next: offset, atEnd: true };
    }
    await sleep(LOOK_MS);
  }
}
