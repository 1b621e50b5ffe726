/**
 * Loaded into a host's processes (`NODE_OPTIONS=--import …`): their wall clock is off by what the file that CHAOS_CLOCK names says,
 * in milliseconds, as that of a host whose time is set wrongly or jumps. Timers go on as they do when the wall clock jumps.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
const file = process.env.CHAOS_CLOCK;
let offset = 0;
let looked = -Infinity;

function now() {
  if (file !== undefined && performance.now() - looked > 100) {
    looked = performance.now();
    try {
      offset = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      // Not set yet.
    }
  }
  return RealDate.now() + offset;
}

// Not by assignment, which would tell the type checker of another Date everywhere.
Reflect.defineProperty(globalThis, 'Date', {
  value: new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  }),
});
