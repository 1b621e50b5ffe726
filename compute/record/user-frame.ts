import { fileURLToPath } from 'node:url';
import { relative, sep } from 'node:path';
import type { Location } from '../../diagnostics/index.js';

const FRAME = /(?:\(|at )((?:file:\/\/)?\/[^()]*?|(?:file:\/\/\/)?[A-Za-z]:[^()]*?):(\d+):(\d+)\)?$/;

/** tfjs, Node itself, and this room: none of them is where a user has made the mistake. */
const MACHINERY =
  /[\\/]@tensorflow[\\/]|(^|[\\/])tfjs-[\w-]+[\\/]src[\\/]|^node:|[\\/]compute[\\/](record|program|graph|ops|native)[\\/](?!.*\.test\.)/;

const KERNEL = /[\\/]kernels[\\/](\w+)\.[jt]s/;

function stack(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const lines = new Error().stack?.split('\n').slice(1) ?? [];
  Error.stackTraceLimit = limit;
  return lines;
}

/** The line of model code that is being recorded now. */
function userFrame(): Location | undefined {
  for (const line of stack()) {
    const match = FRAME.exec(line.trim());
    if (!match) continue;
    const [, where, row, column] = match as unknown as [string, string, string, string];
    const file = where.startsWith('file:') ? fileURLToPath(where) : where;
    if (MACHINERY.test(file)) continue;
    const near = relative(process.cwd(), file);
    return {
      file: near.startsWith(`..${sep}`) ? file : near,
      line: Number(row),
      column: Number(column),
    };
  }
  return undefined;
}

/** The same, as a diagnostic takes it. */
export function at(): { at: Location } | Record<never, never> {
  const frame = userFrame();
  return frame ? { at: frame } : {};
}

/** The tfjs kernel that is running now, such as `GatherV2`. */
export function runningKernel(): string | undefined {
  for (const line of stack()) {
    const name = KERNEL.exec(line)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}
