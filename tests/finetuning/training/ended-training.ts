import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startReprise, type RepriseEnd } from '../../rig/reprise.js';

/** sha256 of every file of the output. */
export function output(root: string): Record<string, string> {
  const folder = join(root, 'models/checkpoints');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  return Object.fromEntries(
    files
      .sort()
      .map((path) => [relative(folder, path), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

export interface Seen {
  readonly end: RepriseEnd;
  /** The last step that was reported. */
  readonly step: number;
}

/** Runs the command and sends it a signal as soon as it reports a step at or after `at`. */
export async function endedAt(root: string, at: number, signal: NodeJS.Signals): Promise<Seen> {
  const run = startReprise(['finetune', '--json'], root);
  let step = 0;
  run.child.stdout?.on('data', () => {
    for (const event of eventsIn(run.stdout()))
      if (event.event === 'progress' && event.message === 'training') step = Math.max(step, event.step ?? 0);
    // Once: a second signal would end it without a checkpoint.
    if (step >= at && !run.child.killed) run.child.kill(signal);
  });
  return { end: await run.ended, step };
}

export interface JsonEvent {
  readonly event: string;
  readonly message?: string;
  readonly step?: number;
  readonly code?: string;
  readonly resumedFrom?: number;
  readonly steps?: number;
}

function eventsIn(stdout: string): JsonEvent[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonEvent);
}

export function resultOf({ stdout }: RepriseEnd): JsonEvent {
  const result = eventsIn(stdout).find(({ event }) => event === 'result');
  if (!result) throw new Error(`no result in ${stdout}`);
  return result;
}

export function checkpoints(root: string): string[] {
  const folder = join(root, '.reprise/checkpoints');
  return readdirSync(folder).flatMap((key) =>
    readdirSync(join(folder, key)).map((name) => join(folder, key, name)),
  );
}
