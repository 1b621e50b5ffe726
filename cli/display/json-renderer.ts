import type { Writable } from 'node:stream';
import type { Renderer } from './events.js';

/** One JSON object a line, stamped with the time. The schema is in `docs/events.md`. */
export function jsonRenderer(out: Writable): Renderer {
  return {
    show: (event) => void out.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`),
    close() {},
  };
}
